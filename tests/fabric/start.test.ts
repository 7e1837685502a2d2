import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { type Configuration, renderConfiguration } from "../../lib/fabric/configuration-file";
import { renderCoreYaml } from "../../lib/fabric/core-yaml";
import { type EnvironmentVariable, ordererEnvironment, peerEnvironment } from "../../lib/fabric/environment";
import { ordererLayout, peerLayout } from "../../lib/fabric/layout";
import { ordererConfiguration, type OrdererConfigurationInput, renderOrdererYaml } from "../../lib/fabric/orderer-yaml";
import { parseFabricVersion } from "../../lib/fabric/version";
import { type TestOrganisation, testOrganisation } from "./identities";
import { type Installation, installations, lookedIn } from "./installations";
import { freePorts, get, type NodeProcess, startNode, untilHealthy } from "./node-process";

jest.setTimeout(180_000);

const orderers = installations("orderer");
// A peer looks for an address of its machine that is not a loopback one, and ends where there is none.
const reachable = Object.values(networkInterfaces()).some((all) =>
  all?.some((a) => a.family === "IPv4" && !a.internal),
);
const foundPeers = installations("peer");
const peers = reachable ? foundPeers : [];

const skipped = [
  ...(orderers.length === 0 ? ["no orderer"] : []),
  ...(foundPeers.length === 0 ? ["no peer"] : reachable ? [] : ["no IPv4 address but loopback, which a peer needs"]),
];
if (skipped.length > 0) process.stderr.write(`fabric: skipped: ${skipped.join(", ")} (looked in ${lookedIn})\n`);

const running: NodeProcess[] = [];
let organisation: TestOrganisation;
let folder: string;

beforeAll(async () => {
  organisation = await testOrganisation();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop()));
  rmSync(folder, { recursive: true, force: true });
});

function values(variables: readonly EnvironmentVariable[]): Record<string, string> {
  return Object.fromEntries(variables.flatMap((v) => ("value" in v ? [[v.name, v.value]] : [])));
}

function start(program: string, args: readonly string[], file: string, text: string, env: Record<string, string>) {
  const configuration = join(folder, "configuration");
  mkdirSync(configuration, { recursive: true });
  writeFileSync(join(configuration, file), text);
  const node = startNode(program, args, { ...env, FABRIC_CFG_PATH: configuration, TMPDIR: folder });
  running.push(node);
  return node;
}

interface StartedOrderer {
  readonly node: NodeProcess;
  readonly operations: string;
  readonly admin: string;
}

async function startOrderer(program: string, text: string): Promise<StartedOrderer> {
  await organisation.writeNode("orderer", ordererLayout(join(folder, "data")));
  const [grpc, admin, operations] = await freePorts(3);
  const node = start(program, ["start"], "orderer.yaml", text, {
    ...values(ordererEnvironment()),
    ORDERER_GENERAL_LISTENADDRESS: "127.0.0.1",
    ORDERER_GENERAL_LISTENPORT: `${grpc}`,
    ORDERER_ADMIN_LISTENADDRESS: `127.0.0.1:${admin}`,
    ORDERER_OPERATIONS_LISTENADDRESS: `127.0.0.1:${operations}`,
  });
  return { node, operations: `https://localhost:${operations}`, admin: `https://localhost:${admin}` };
}

async function startPeer(program: string, text: string): Promise<{ node: NodeProcess; operations: string }> {
  await organisation.writeNode("peer", peerLayout(join(folder, "data")));
  const [grpc, chaincode, operations] = await freePorts(3);
  const address = `localhost:${grpc}`;
  const pod = { id: "peer0-org1-0", address, externalEndpoint: address, stateDatabase: { kind: "leveldb" } } as const;
  const node = start(program, ["node", "start"], "core.yaml", text, {
    ...values(peerEnvironment(pod)),
    CORE_PEER_LISTENADDRESS: `127.0.0.1:${grpc}`,
    CORE_PEER_CHAINCODELISTENADDRESS: `127.0.0.1:${chaincode}`,
    CORE_OPERATIONS_LISTENADDRESS: `127.0.0.1:${operations}`,
  });
  return { node, operations: `https://localhost:${operations}` };
}

/** /healthz and /version for anybody who speaks TLS, so for the kubelet; metrics and log levels for our own clients. */
async function expectGuardedOperations(url: string, version: string): Promise<void> {
  const { tlsAuthority, client } = organisation;
  const ask = async (path: string, shown?: typeof client) => (await get(url + path, tlsAuthority, shown)).status;
  expect((await get(`${url}/version`, tlsAuthority)).body).toContain(version);
  expect([await ask("/metrics"), await ask("/logspec")]).toEqual([401, 401]);
  expect([await ask("/metrics", client), await ask("/logspec", client)]).toEqual([200, 200]);
  const stranger = await testOrganisation();
  await expect(ask("/healthz", stranger.client)).rejects.toThrow();
}

const ordererInput = (version: OrdererConfigurationInput["version"]): OrdererConfigurationInput => ({
  version,
  mspId: "Org1MSP",
  clientAuthentication: true,
  layout: ordererLayout(join(folder, "data")),
});

/** Fabric 2.5 still knows this section, 3.x does not. */
const kafka: Configuration = { Retry: { ShortInterval: "5s" }, Verbose: false };

/** Starts a node and waits until it is healthy; again where another process took one of its ports in between. */
async function healthy<T extends { node: NodeProcess; operations: string }>(begin: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await begin();
    try {
      await untilHealthy(started.node, `${started.operations}/healthz`, organisation.tlsAuthority);
      return started;
    } catch (error) {
      if (attempt === 3 || !started.node.log().includes("address already in use")) throw error;
    }
  }
}

/** The same tests for every copy found; where there is none, one test that is shown as skipped. */
function forEach(role: string, found: readonly Installation[], tests: (installation: Installation) => void): void {
  for (const one of found) describe(`${role} ${one.version.text}`, () => tests(one));
  if (found.length === 0) test.skip(`${role} starts with our configuration`, () => undefined);
}

forEach("orderer", orderers, ({ program, version }) => {
  test.each([
    ["with client authentication", {}],
    ["without client authentication, with its own tick", { clientAuthentication: false, tickInterval: "100ms" }],
  ])("starts %s and becomes healthy", async (_case, change) => {
    const text = renderOrdererYaml({ ...ordererInput(version), ...change });
    const { operations, admin } = await healthy(() => startOrderer(program, text));
    await expectGuardedOperations(operations, version.text);
    const channels = `${admin}/participation/v1/channels`;
    const answer = await get(channels, organisation.tlsAuthority, organisation.client);
    expect({ ...answer, body: JSON.parse(answer.body) as unknown }).toEqual({
      status: 200,
      body: { systemChannel: null, channels: null },
    });
    await expect(get(channels, organisation.tlsAuthority)).rejects.toThrow();
  });

  async function expectRefusal(text: string, keys: RegExp): Promise<void> {
    const { node } = await startOrderer(program, text);
    expect(await node.ended).not.toBe(0);
    expect(node.log()).toMatch(keys);
  }

  test("refuses a key that it does not know", async () => {
    const sound = ordererConfiguration(ordererInput(version));
    const text = renderConfiguration("orderer.yaml", version, { ...sound, Tracing: { Endpoint: "localhost:4317" } });
    await expectRefusal(text, /has invalid keys: Tracing/);
  });

  const withKafka = () => {
    const old = ordererConfiguration(ordererInput(parseFabricVersion("2.5.16")));
    return renderConfiguration("orderer.yaml", version, { ...old, Kafka: kafka });
  };
  const ofThree = () => renderOrdererYaml(ordererInput(parseFabricVersion("3.1.5")));

  if (version.line === "3.x") {
    test("refuses the Kafka section of 2.5", async () => {
      await expectRefusal(withKafka(), /has invalid keys: Kafka/);
    });
  } else {
    test("takes a Kafka section", async () => {
      await healthy(() => startOrderer(program, withKafka()));
    });

    test("refuses the file of 3.x", async () => {
      await expectRefusal(ofThree(), /has invalid keys: (Backoff|ReplicationPolicy)/);
    });
  }
});

forEach("peer", peers, ({ program, version }) => {
  test.each([true, false])(
    "starts and becomes healthy (clients need a certificate: %s)",
    async (clientAuthentication) => {
      const text = renderCoreYaml({
        version,
        networkId: "trade",
        mspId: "Org1MSP",
        clientAuthentication,
        stateDatabase: { kind: "leveldb" },
        gossipBootstrap: [],
        layout: peerLayout(join(folder, "data")),
      });
      const { node, operations } = await healthy(() => startPeer(program, text));
      await expectGuardedOperations(operations, version.text);
      // The environment named the pod, the file the network.
      expect(node.log()).toMatch(/peer with ID=\[peer0-org1-0\], network ID=\[trade\], address=\[localhost:\d+\]/);
    },
  );
});
