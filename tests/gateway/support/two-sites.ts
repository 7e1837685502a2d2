import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ports } from "../../../lib/fabric/ports";
import type { IngressHost, MultiClusterIngress } from "../../../lib/ingress/model";
import { type TestOrganisation, testOrganisation } from "../../fabric/identities";
import { startGuardian } from "../../fabric/support/guardian";
import { loopbackAddresses } from "./addresses";
import { untilNothing } from "./await";
import { dial } from "./dial";
import { type GatewayKind, startGateway, type TestGateway } from "./gateway";
import { startTestNode, type TestNode } from "./node";

export const pool = "gateway.amber.example.com";

/** Two clusters of this machine: a gateway each, and two peers of one organisation. */
export interface TwoSites {
  readonly organisation: TestOrganisation;
  readonly ingress: MultiClusterIngress;
  readonly aws: TestSite;
  readonly gcp: TestSite;
  stop(): Promise<void>;
}

export interface TestSite {
  readonly gateway: TestGateway;
  readonly nodes: readonly [TestNode, TestNode];
  /** Ends everything of the site at once. */
  lose(): Promise<void>;
  comeBack(): Promise<void>;
}

export interface TwoSitesInput {
  readonly kind: GatewayKind;
  readonly weights?: readonly [aws: number, gcp: number];
  readonly maxConnectionAge?: number;
}

/** The name by which the network's own nodes ask for one of them. */
export const aliasOf = (node: string): string => `raft-${node}.test-amber.svc`;

const sites = ["aws-prod", "gcp-staging"] as const;

export async function startTwoSites({
  kind,
  weights = [80, 20],
  maxConnectionAge = 900,
}: TwoSitesInput): Promise<TwoSites> {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-gateway-"));
  const guardian = startGuardian();
  const organisation = await testOrganisation({ domain: "amber.example.com" });
  const address = loopbackAddresses();
  const nodes = new Map<string, [TestNode, TestNode]>();
  for (const [index, site] of sites.entries()) {
    const [first, second] = [0, 1].map((ordinal) => `peer${ordinal}-amber-${index}-0`);
    const node = (name = "") =>
      startTestNode(name, address(), [`${name}.amber.example.com`, aliasOf(name), pool], organisation);
    nodes.set(site, [await node(first), await node(second)]);
  }
  const gateways = sites.map((site) => ({ site, addresses: [address()] }));
  const ingress: MultiClusterIngress = {
    hosts: hosts(nodes, weights),
    health: { interval: 0.4, timeout: 0.4, failures: 3, successes: 2 },
    maxConnectionAge,
    port: 443,
    gateways,
  };
  const started: TestGateway[] = [];
  const stop = async () => {
    await Promise.all(started.map((gateway) => gateway.stop()));
    await Promise.all([...nodes.values()].flat().map((node) => node.stop()));
    guardian.dismiss();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const { site, addresses } of gateways) {
      const own = join(folder, site);
      started.push(await startGateway({ kind, ingress, site, address: addresses[0]!, folder: own, guardian }));
    }
    // The first has asked the other one before that was there.
    for (const { address } of started) {
      for (const { name } of [...nodes.values()].flat()) {
        await untilNothing(async () => {
          const met = await dial(address, aliasOf(name), organisation).catch(String);
          if (typeof met === "string") return `${name} at ${address}: ${met}`;
          met.close();
          return undefined;
        });
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const site = (index: 0 | 1): TestSite => {
    const gateway = started[index]!;
    const own = nodes.get(sites[index])!;
    return {
      gateway,
      nodes: own,
      lose: async () => void (await Promise.all([gateway.kill(), ...own.map((node) => node.stop())])),
      comeBack: async () => void (await Promise.all([...own.map((node) => node.start()), gateway.start()])),
    };
  };
  return {
    organisation,
    ingress,
    aws: site(0),
    gcp: site(1),
    stop,
  };
}

function hosts(nodes: ReadonlyMap<string, readonly TestNode[]>, weights: readonly [number, number]): IngressHost[] {
  const origin = { document: "settings", path: ["traffic"] } as const;
  const backend = (site: string, own: readonly TestNode[], weight: number) => ({
    site,
    namespace: "test-amber",
    service: "gateway-amber",
    port: ports.peer.grpc,
    endpoints: own.map(({ address }) => ({ address })),
    weight,
    priority: 0,
    healthPort: ports.peer.operations,
  });
  return [
    {
      name: pool,
      kind: "pool",
      tls: "passthrough",
      origin,
      backends: sites.map((site, index) => backend(site, nodes.get(site)!, weights[index]!)),
    },
    ...sites.flatMap((site) =>
      nodes.get(site)!.map((node): IngressHost => ({
        name: `${node.name}.amber.example.com`,
        aliases: [aliasOf(node.name)],
        kind: "pinned",
        tls: "passthrough",
        origin,
        backends: [backend(site, [node], 1)],
      })),
    ),
  ];
}
