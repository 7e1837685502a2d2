import { Command, InvalidArgumentError, Option } from "commander";
import { stringify } from "yaml";
import type { KubeObject } from "../lib/constructs/manifests";
import type { MultiClusterIngress } from "../lib/ingress/model";
import { gatewayApiObjects } from "../lib/ingress/objects/gateway-api";
import { gkeObjects } from "../lib/ingress/objects/gke";
import { karmadaObjects } from "../lib/ingress/objects/karmada";
import { serviceExports } from "../lib/ingress/objects/service-export";
import { readSourceShape } from "../lib/ingress/source-shape";
import { CommandError } from "./errors";
import { say } from "./terminal";

const platforms = ["gatewayApi", "gke", "karmada"] as const;

interface IngressOptions {
  readonly to: (typeof platforms)[number];
  readonly host?: string;
  readonly network: string;
  readonly site?: string;
  readonly className: string;
  readonly address: Readonly<Record<string, readonly string[]>>;
  readonly link: Readonly<Record<string, readonly string[]>>;
  readonly selector: Readonly<Record<string, readonly string[]>>;
}

/** `fabric-topologies ingress`: a MultiClusterIngress as people write it, as objects that a platform knows. */
export function ingressCommand(): Command {
  return new Command("ingress")
    .summary("turn a MultiClusterIngress into objects that a platform knows")
    .description(
      "Read a MultiClusterIngress of networking.k8s.io/v1 (a Service, and clusters with weights), which no API server knows, and print what says the same to a platform. What the platform cannot do is refused, with the reason.",
    )
    .argument("<file>", "the MultiClusterIngress")
    .addOption(new Option("--to <platform>", "what is to carry it").choices(platforms).default("gatewayApi"))
    .option("--host <name>", "the name that clients dial, where the file has no spec.host")
    .option("--network <name>", "the network that the objects are labelled with", "fabric")
    .option("--site <cluster>", "gatewayApi: the cluster whose gateway it is (default: the first)")
    .option("--class-name <name>", "gatewayApi: the GatewayClass", "eg")
    .option("--address <cluster=address>", "gatewayApi: an address of another cluster's gateway", pairs, {})
    .option("--link <cluster=location/name>", "gke: what GKE calls a cluster", pairs, {})
    .option("--selector <label=value>", "gke: a label of the pods behind the Service", pairs, {})
    .addHelpText(
      "after",
      `
Fabric's own hosts must pass TLS through, which GKE and Karmada cannot:
spec.tls: terminate is for pages such as an explorer.

Example:
  $ fabric-topologies ingress multi-cluster-ingress.yaml --host gateway.example.com --address gcp-staging=203.0.113.7`,
    )
    .action((file: string, options: IngressOptions) => {
      const { host, to } = options;
      const read = readSourceShape(file, { host, renderer: to });
      const ingress = {
        ...read,
        gateways: read.gateways.map(({ site }) => ({ site, addresses: options.address[site] ?? [] })),
      };
      say(
        objectsOf(ingress, options)
          .map((object) => stringify(object, { aliasDuplicateObjects: false }).trimEnd())
          .join("\n---\n"),
      );
    });
}

function objectsOf(ingress: MultiClusterIngress, options: IngressOptions): KubeObject[] {
  const { to, network, className, link, selector } = options;
  const sites = ingress.gateways.map(({ site }) => site);
  if (to === "karmada") return karmadaObjects(ingress, network);
  if (to === "gke") {
    const lacking = sites.filter((site) => link[site] === undefined);
    if (lacking.length > 0)
      throw new CommandError(`found no link of ${lacking.join(", ")}`, "say what GKE calls each cluster with --link");
    if (Object.keys(selector).length === 0)
      throw new CommandError("found no selector", "say which pods are meant with --selector");
    return gkeObjects(ingress, { network, links: singles(link), selector: () => singles(selector) });
  }
  const site = options.site ?? sites[0] ?? "";
  if (!sites.includes(site))
    throw new CommandError(`found ${site}, which the file does not name`, `name one of: ${sites.join(", ")}`);
  const unknown = ingress.gateways.filter((gateway) => gateway.site !== site && gateway.addresses.length === 0);
  if (unknown.length > 0) {
    const names = unknown.map((gateway) => gateway.site).join(", ");
    throw new CommandError(`found no address of the gateway of ${names}`, "say where it is reached with --address");
  }
  const namespace = ingress.hosts[0]?.backends[0]?.namespace ?? "default";
  return [
    ...gatewayApiObjects(ingress, site, { network, namespace, className }),
    ...serviceExports(ingress, site, network),
  ];
}

function singles(pairs: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([key, [value]]) => (value === undefined ? [] : [[key, value]])),
  );
}

function pairs(text: string, before: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  const [, key = "", value = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (key === "") throw new InvalidArgumentError("write <name>=<value>.");
  return { ...before, [key]: [...(before[key] ?? []), value] };
}
