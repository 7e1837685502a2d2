import {
  consenterPrefix,
  gatewayNamespaceName,
  namespaceName,
  ordererWorkloadName,
  orderingOrganisations,
  peerWorkloadName,
} from "../spec/names";
import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { counted } from "../spec/words";
import { checkSum } from "./check-zones";
import type { Domain } from "./domain";
import { raftQuorum } from "./quorum";
import { fullZones } from "./zones";

/**
 * The rules of a federation: several clusters, at least two of which carry everything, and a third for the majority, so that
 * any one of them may be lost. Findings carry the arithmetic.
 */
export function checkSites(network: Network, settings: Settings, domains: readonly Domain[]): Finding[] {
  const consenters = orderingOrganisations(network).reduce((sum, { orderers }) => sum + orderers.nodes, 0);
  const counts = checkCounts(domains, consenters);
  return [
    ...counts,
    ...(counts.length > 0 || consenters === 0 ? [] : checkSum(domains, ["sites"], consenters)),
    ...checkZoneNames(settings),
    ...checkAuthorities(network),
    ...checkPodNames(network),
    ...checkGatewayNamespace(network),
  ];
}

function checkCounts(domains: readonly Domain[], consenters: number): Finding[] {
  const names = domains.map(({ name }) => name);
  const full = fullZones(domains).map(({ name }) => name);
  if (domains.length < 3) {
    const larger = Math.ceil(consenters / Math.max(1, domains.length));
    return [
      {
        document: "settings",
        path: ["sites"],
        found: `${counted(domains.length, "site")} (${names.join(", ")})`,
        allowed: `three or more: of ${consenters} consenters one of ${domains.length} sites holds at least ${larger}, losing it leaves ${consenters - larger}, and Raft needs ${raftQuorum(consenters)}`,
        fix: "add a small third site whose zone says `witness: true`; it runs one ordering node and nothing else",
      },
    ];
  }
  if (full.length >= 2) return [];
  return [
    {
      document: "settings",
      path: ["sites"],
      found: `${full.length} full ${full.length === 1 ? "site" : "sites"} (${full.join(", ")})`,
      allowed: "at least two sites with a zone that is no witness: with one, its loss takes every peer",
      fix: "take `witness: true` off a zone of another site",
    },
  ];
}

/** Failures and volumes name zones without their sites. */
function checkZoneNames({ sites }: Settings): Finding[] {
  const known = new Map<string, string>();
  return sites.flatMap((site, index) =>
    site.zones.flatMap(({ name }, rank): Finding[] => {
      const other = known.get(name);
      known.set(name, site.name);
      if (other === undefined || other === site.name) return [];
      return [
        {
          document: "settings",
          path: ["sites", index, "zones", rank, "name"],
          found: `zone ${name}, which site ${other} has too`,
          allowed: "a name that no zone of another site has",
          fix: "label the nodes of one of the two clusters with another name, such as the region's with a letter",
        },
      ];
    }),
  );
}

/** Each site has authorities with keys of their own; several that share keys would need them on every site. */
function checkAuthorities({ organisations }: Network): Finding[] {
  return organisations.flatMap(({ name, ca }, index): Finding[] =>
    ca.replicas === 1
      ? []
      : [
          {
            document: "network",
            path: ["organisations", index, "ca", "replicas"],
            found: `${ca.replicas} authorities of ${name} that share their keys`,
            allowed: "1: over several sites an organisation has an authority on each, with keys that never leave it",
            fix: "leave `replicas` out",
          },
        ],
  );
}

/** Each site's gateway has a namespace to itself, which only a network over several sites has. */
function checkGatewayNamespace(network: Network): Finding[] {
  const taken = gatewayNamespaceName(network);
  return network.organisations.flatMap((organisation, index): Finding[] =>
    namespaceName(network, organisation) !== taken
      ? []
      : [
          {
            document: "network",
            path: ["organisations", index, "name"],
            found: `the organisation ${organisation.name}, whose namespace would be ${taken}`,
            allowed: `any other name: over several sites ${taken} is the namespace of their gateways`,
            fix: "give the organisation another name",
          },
        ],
  );
}

/** What a pod's name may have in `<set>-<node>-0`, as it is the value of a label and a part of a DNS name. */
const longestPod = 63;

function checkPodNames(network: Network): Finding[] {
  return network.organisations.flatMap((organisation, index) => {
    const groups = [
      ...organisation.peers.map((group, rank) => ({
        name: peerWorkloadName(group, organisation),
        nodes: group.replicas,
        before: "",
        path: ["organisations", index, "peers", rank, "name"],
      })),
      ...(organisation.orderers === undefined
        ? []
        : [
            {
              name: ordererWorkloadName(organisation.orderers),
              nodes: organisation.orderers.nodes,
              // The longest name that comes of it.
              before: consenterPrefix,
              path: ["organisations", index, "orderers", "name"],
            },
          ]),
    ];
    return groups.flatMap(({ name, nodes, before, path }): Finding[] => {
      const longest = `${before}${name}-${nodes - 1}-0`;
      if (longest.length <= longestPod) return [];
      return [
        {
          document: "network",
          path,
          found: `${before === "" ? "pods" : "Services"} such as ${longest}, of ${longest.length} characters`,
          allowed: `at most ${longestPod}`,
          fix: `take ${counted(longest.length - longestPod, "character")} off the name of the group, or of the organisation`,
        },
      ];
    });
  });
}

/** Who brings the objects to the sites. */
export function checkEngine({ federation }: Settings): Finding[] {
  if (federation === undefined) {
    return [
      {
        document: "settings",
        path: ["federation"],
        found: "no `federation`",
        allowed:
          "engine karmada or kubefed, with the `host` that its control plane is; or engine direct, which has none",
        fix: "say who brings objects to the sites: `federation: {engine: direct}` needs nothing but the sites themselves",
      },
    ];
  }
  const { engine, host } = federation;
  if ((engine === "direct") === (host === undefined)) return [];
  return [
    {
      document: "settings",
      path: host === undefined ? ["federation"] : ["federation", "host"],
      found: host === undefined ? `engine ${engine} without a host` : `a host, ${host.name}, for engine direct`,
      allowed:
        host === undefined
          ? `the cluster that ${engine} runs on, as \`host: {kubeconfig: …, context: …}\``
          : "no host: Pulumi brings the objects to each site itself",
      fix: host === undefined ? "name it, or take engine direct" : "take `host` out, or name its engine",
    },
  ];
}
