import { configurationsOf } from "../configurations";
import { object } from "../examples";
import { at, fields, shown } from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "identity", scope: "object" } as const;
const inTransit = "GB/T 39786-2021, network and communication security";

const configMap = (file: string, text: string): Manifest =>
  object("v1", "ConfigMap", "peer0-amber-config", { data: { [file]: text } });

/** A Fabric configuration file: what its listeners are called in it, and whether one is told on the loopback address. */
interface Listener {
  readonly name: string;
  /** Where the file says whether TLS is on; the orderer writes it with a capital. */
  readonly enabled: boolean;
  readonly clientAuthRequired: boolean;
  readonly local: boolean;
}

/** The listeners of the Fabric configuration files in a ConfigMap (Fabric, sampleconfig; fabric-ca serverconfig). */
function listenersOf(one: Manifest): readonly Listener[] {
  return configurationsOf(one).flatMap(({ name: file, content }) => {
    if (content["peer"] !== undefined) {
      return [
        listener(`${file}: peer`, at(content, "peer", "tls"), at(content, "peer", "listenAddress")),
        ...operations(file, at(content, "operations")),
      ];
    }
    if (content["General"] !== undefined) {
      return [
        listener(`${file}: General`, at(content, "General", "TLS"), at(content, "General", "ListenAddress")),
        listener(`${file}: Admin`, at(content, "Admin", "TLS"), at(content, "Admin", "ListenAddress")),
        ...operations(file, at(content, "Operations")),
      ];
    }
    if (content["ca"] !== undefined && content["port"] !== undefined) {
      return [
        listener(`${file}: server`, content["tls"], content["address"]),
        ...operations(file, content["operations"]),
      ];
    }
    return [];
  });
}

function operations(file: string, section: unknown): Listener[] {
  const { listenAddress, ListenAddress, tls, TLS } = fields(section);
  const address = listenAddress ?? ListenAddress;
  return address === undefined ? [] : [listener(`${file}: operations`, tls ?? TLS, address)];
}

function listener(name: string, tls: unknown, address: unknown): Listener {
  const { enabled, Enabled, clientAuthRequired, ClientAuthRequired } = fields(tls);
  return {
    name,
    enabled: (enabled ?? Enabled) === true,
    clientAuthRequired: (clientAuthRequired ?? ClientAuthRequired) === true,
    local: /^(127\.|localhost|\[::1\])/.test(shown(address, "")),
  };
}

/** Who listens to whom, and how. */
export const listenerRules: readonly ObjectRule[] = [
  {
    ...common,
    kinds: ["ConfigMap"],
    id: "identity-tls-everywhere",
    title: "Every listener of peers, ordering nodes and authorities speaks TLS",
    severity: "mandatory",
    why: "Transactions, private data, passwords of identities and the orders of administrators would go over the wire in clear.",
    sources: ["R2", "Fabric documentation, Securing Communication With Transport Layer Security (TLS)", inTransit],
    remedy: "Turn TLS on in the section that is named.",
    check: (one) =>
      listenersOf(one)
        .filter(({ enabled, local }) => !enabled && !local)
        .map(({ name }): Fault => ({ found: `no TLS in ${name}` })),
    examples: {
      bad: configMap("core.yaml", "peer:\n  listenAddress: 0.0.0.0:7051\n  tls:\n    enabled: false\n"),
      good: configMap("core.yaml", "peer:\n  listenAddress: 0.0.0.0:7051\n  tls:\n    enabled: true\n"),
    },
  },
  {
    ...common,
    kinds: ["ConfigMap"],
    id: "identity-mutual-tls",
    title: "Peers and ordering nodes ask their clients for a certificate",
    severity: "mandatory",
    why: "Without mutual TLS anybody who reaches the port may speak to the node, and only signatures are left to tell who it is.",
    sources: ["R2", "Fabric documentation, Securing Communication With Transport Layer Security (TLS)", inTransit],
    remedy: "Leave `tls.clientAuthentication` at true.",
    place: () => ["tls", "clientAuthentication"],
    check: (one) =>
      listenersOf(one)
        .filter(({ name }) => /: (peer|General|Admin)$/.test(name))
        .filter(({ enabled, clientAuthRequired }) => enabled && !clientAuthRequired)
        .map(({ name }): Fault => ({ found: `no certificate asked of clients in ${name}` })),
    examples: {
      bad: configMap("core.yaml", "peer:\n  tls:\n    enabled: true\n    clientAuthRequired: false\n"),
      good: configMap("core.yaml", "peer:\n  tls:\n    enabled: true\n    clientAuthRequired: true\n"),
    },
  },
];
