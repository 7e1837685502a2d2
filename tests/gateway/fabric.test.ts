import { promises as names } from "node:dns";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FabricClient } from "../../client/client";
import { poolAddresses } from "../../client/gateway-peers";
import { runLoad } from "../../client/load";
import { loadIdentity } from "../../lib/fabric/identity";
import { ports } from "../../lib/fabric/ports";
import type { IngressHost, MultiClusterIngress } from "../../lib/ingress/model";
import { completeInstallations } from "../fabric/support/bare-network";
import { type Guardian, startGuardian } from "../fabric/support/guardian";
import { startTradingNetwork, type TransactingNetwork } from "../fabric/support/transacting-network";
import { describeEach } from "../support/describe-each";
import { loopbackAddresses } from "./support/addresses";
import { untilNothing } from "./support/await";
import { ask, startGateway, type TestGateway } from "./support/gateway";
import { gatewayKind } from "./support/kinds";

jest.setTimeout(600_000);

const [programs] = completeInstallations();
if (programs === undefined) test.skip("clients of a pool get over a lost cluster", () => undefined);

const pool = "gateway.amber.example.com";
const sites = ["aws-prod", "gcp-staging"] as const;
const channel = "main";
const chaincode = "asset-transfer";

describeEach(programs === undefined ? [] : (["envoy", "haproxy"] as const))("real peers behind %s", (name) => {
  let folder: string;
  let network: TransactingNetwork;
  let guardian: Guardian;
  let gateways: TestGateway[];
  let client: FabricClient;

  beforeAll(async () => {
    if (programs === undefined) return;
    folder = mkdtempSync(join(tmpdir(), "fabric-topologies-gateway-"));
    guardian = startGuardian();
    network = await startTradingNetwork({ programs, channel, chaincode, folder, peerNames: [pool] });
    const address = loopbackAddresses();
    const ingress: MultiClusterIngress = {
      hosts: [host(network)],
      health: { interval: 1, timeout: 1, failures: 3, successes: 2 },
      maxConnectionAge: 900,
      port: ports.gateway.world,
      gateways: sites.map((site) => ({ site, addresses: [address()] })),
    };
    const kind = await gatewayKind(name);
    gateways = [];
    for (const { site, addresses } of ingress.gateways) {
      const own = join(folder, site);
      gateways.push(await startGateway({ kind, ingress, site, address: addresses[0]!, folder: own, guardian }));
    }
    await untilNothing(async () => {
      const answers = await Promise.all(gateways.map((gateway) => ask(gateway.address, "/healthz", pool)));
      return answers.every((status) => status === 200) ? undefined : `health ${answers.join(", ")}`;
    });
    resolvePool(gateways);
    client = new FabricClient({
      identity: loadIdentity(network.organisation("amber").mspId, network.organisation("amber").client),
      peers: poolAddresses(`${pool}:${ports.gateway.world}`),
    });
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    client.close();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await network.stop();
    guardian.dismiss();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a cluster lost under load, with its gateway, peers and ordering node, costs no commit; nor does its return (R7)", async () => {
    const lost = ["peer0-amber-1", "peer0-basalt-1", "orderer0-clearing-2"].map((pod) => network.node(pod));
    const [, gateway] = gateways;
    const committed: number[] = [];
    const load = runLoad(client, {
      channel,
      chaincode,
      pace: { rate: 5 },
      durationMs: 40_000,
      mostInFlight: 1000,
      verify: true,
      onProgress: (progress) => committed.push(progress.committed),
    });
    const more = (count: number) => {
      const before = committed.at(-1) ?? 0;
      return untilNothing(() => ((committed.at(-1) ?? 0) >= before + count ? undefined : `${committed.at(-1)}`), 60);
    };
    await more(20);
    await Promise.all([gateway!.kill(), ...lost.map((node) => node.process().kill())]);
    const seconds = await more(20);
    await Promise.all(lost.map((node) => node.restart()));
    await gateway!.start();
    const summary = await load;
    process.stderr.write(`${name}: 20 commits after the loss in ${seconds.toFixed(1)} s; ${JSON.stringify(summary)}\n`);
    expect(summary).toMatchObject({
      committed: summary.started,
      failed: 0,
      skipped: 0,
      acceptedNeverCommitted: { count: 0 },
      verification: { keys: summary.started, missing: [] },
    });
    await untilNothing(async () =>
      (await ask(gateway!.address, "/healthz", pool)) === 200 ? undefined : "still lost",
    );
  });
});

/** The first peer of amber at home on one site, the second on the other. */
function host({ consortium }: TransactingNetwork): IngressHost {
  const amber = consortium.organisations.find((organisation) => organisation.name === "amber")!;
  return {
    name: pool,
    kind: "pool",
    tls: "passthrough",
    origin: { document: "settings", path: ["traffic"] },
    backends: sites.map((site, index) => ({
      site,
      namespace: amber.namespace,
      service: "gateway-amber",
      port: ports.peer.grpc,
      endpoints: [{ address: amber.peers[index]!.host }],
      weight: 50,
      priority: 0,
      healthPort: ports.peer.operations,
    })),
  };
}

/** What DNS would say: the pool's name has the addresses of all gateways. */
function resolvePool(gateways: readonly TestGateway[]): void {
  const lookup = names.lookup.bind(names);
  const answers = gateways.map(({ address }) => ({ address, family: 4 }));
  jest
    .spyOn(names, "lookup")
    .mockImplementation(((asked: string, options: object) =>
      asked === pool ? Promise.resolve(answers) : lookup(asked, options)) as typeof names.lookup);
}
