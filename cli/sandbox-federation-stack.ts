/** A federated network's part in the sandbox: which clusters there are, and how the stack's settings name them. */
import { ingressOf } from "../lib/ingress/of-placement";
import { planRecords } from "../lib/ingress/dns/plan";
import { zonalProvisioner } from "../sandbox/simulation/labels";
import type { Federation, FederationOptions } from "../sandbox/federation/federation";
import type { NodeKind } from "../sandbox/sandbox";
import type { Plan } from "../topologies/plan";

/** Who brings objects to the sites. */
export const engines = ["direct", "karmada", "kubefed"] as const;
export type SandboxEngine = (typeof engines)[number];

/** The sites, as topologies/federated has them: two clouds, and a witness that completes the majority. */
const sites = [
  { name: "aws-prod", provider: "aws", region: "eu-central-1", zone: "zone-a", nodes: 2 },
  { name: "gcp-staging", provider: "gcp", region: "europe-west3", zone: "zone-b", nodes: 2 },
  { name: "azure-witness", provider: "azure", region: "germanywestcentral", zone: "zone-c", nodes: 1, witness: true },
] as const;

/** What the sandbox is to start: a host, and a member for each site. */
export function wantedFederation(
  engine: SandboxEngine,
  nodes: NodeKind,
): Pick<FederationOptions, "engine" | "nodes" | "members"> {
  return {
    engine: engine === "direct" ? "none" : engine,
    nodes,
    // A real node is its zone's whole machine.
    members: sites.map(({ name, zone, nodes: count }) => ({
      name,
      zones: [{ name: zone, nodes: nodes === "real" ? 1 : count }],
    })),
  };
}

/** How the stack's settings name the clusters of a federation. */
export function federatedSettings(federation: Federation): Readonly<Record<string, unknown>> {
  const { engine, host } = federation;
  return {
    topology: "federated",
    federation: {
      engine: engine === "none" ? "direct" : engine,
      ...(engine === "none" ? {} : { host: { name: host.name, kubeconfig: host.kubeconfig, context: host.context } }),
      // All of them are this machine.
      roundTrip: "5ms",
    },
    sites: sites.map(({ name, provider, region, zone, ...site }) => {
      const { kubeconfig, context, server, addresses } = federation.cluster(name);
      return {
        name,
        provider,
        region,
        kubeconfig,
        context,
        zones: [{ name: zone, ...("witness" in site ? { witness: true } : {}) }],
        storage: { provisioner: zonalProvisioner },
        apiServer: { port: Number(new URL(server).port) },
        gateway: { addresses: [...addresses] },
      };
    }),
  };
}

/** Tells the names of a network to the members' pods, as a provider of DNS would. */
export function publishNames(federation: Federation, { placement, settings }: Plan): void {
  const { records } = planRecords(ingressOf(placement, settings), settings.dns.ttl);
  federation.publishNames(
    records.map(({ name, answers }) => ({ name, addresses: answers.flatMap(({ addresses }) => addresses) })),
  );
}
