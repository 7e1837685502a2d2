import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { type Configuration, renderConfiguration } from "../../lib/fabric/configuration-file";
import { type PeerConfigurationInput, renderCoreYaml } from "../../lib/fabric/core-yaml";
import { type EnvironmentVariable, ordererEnvironment, peerEnvironment } from "../../lib/fabric/environment";
import { ordererLayout, peerLayout } from "../../lib/fabric/layout";
import { ordererConfiguration, type OrdererConfigurationInput, renderOrdererYaml } from "../../lib/fabric/orderer-yaml";
import { parseFabricVersion } from "../../lib/fabric/version";
import { type TestOrganisation, testOrganisation } from "./identities";
import { type Installation, installations, lookedIn } from "./installations";
import { get, letsIn, type NodeProcess, startNode, threeFreePorts, until, untilHealthy } from "./node-process";

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

interface Started {
  readonly node: NodeProcess;
  readonly operations: string;
  readonly grpc: number;
}

async function startOrderer(program: string, text: string): Promise<Started & { readonly admin: string }> {
  await organisation.writeNode("orderer", ordererLayout(join(folder, "data")));
  const [grpc, admin, operations] = await threeFreePorts();
  const node = start(program, ["start"], "orderer.yaml", text, {
    ...values(ordererEnvironment()),
    ORDERER_GENERAL_LISTENADDRESS: "127.0.0.1",
    ORDERER_GENERAL_LISTENPORT: `${grpc}`,
    ORDERER_ADMIN_LISTENADDRESS: `127.0.0.1:${admin}`,
    ORDERER_OPERATIONS_LISTENADDRESS: `127.0.0.1:${operations}`,
  });
  return { node, grpc, operations: `https://localhost:${operations}`, admin: `https://localhost:${admin}` };
}

async function startPeer(program: string, text: string, more: Record<string, string> = {}): Promise<Started> {
  await organisation.writeNode("peer", peerLayout(join(folder, "data")));
  const [grpc, chaincode, operations] = await threeFreePorts();
  const address = `localhost:${grpc}`;
  const pod = { id: "peer0-org1-0", address, externalEndpoint: address, stateDatabase: { kind: "leveldb" } } as const;
  const node = start(program, ["node", "start"], "core.yaml", text, {
    ...values(peerEnvironment(pod)),
    CORE_PEER_LISTENADDRESS: `127.0.0.1:${grpc}`,
    CORE_PEER_CHAINCODELISTENADDRESS: `127.0.0.1:${chaincode}`,
    CORE_OPERATIONS_LISTENADDRESS: `127.0.0.1:${operations}`,
    ...more,
  });
  return { node, grpc, operations: `https://localhost:${operations}` };
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

const peerInput = (version: PeerConfigurationInput["version"]): PeerConfigurationInput => ({
  version,
  networkId: "trade",
  mspId: "Org1MSP",
  clientAuthentication: true,
  stateDatabase: { kind: "leveldb" },
  gossipBootstrap: [],
  layout: peerLayout(join(folder, "data")),
});

/** Fabric 2.5 still knows this section, 3.x does not. */
const kafka: Configuration = { Retry: { ShortInterval: "5s" }, Verbose: false };

/**
 * Waits until the gRPC port lets our own client in, and asks whether it lets in one without a certificate. A node is
 * healthy long before that: it has opened no ledger yet.
 */
async function expectServing({ node, grpc }: Started, clientAuthentication: boolean): Promise<void> {
  const { tlsAuthority, client } = organisation;
  await until(node, async () => ((await letsIn(grpc, tlsAuthority, client)) ? undefined : "does not serve"));
  expect(await letsIn(grpc, tlsAuthority)).toBe(!clientAuthentication);
}

/** Starts a node and waits until it is healthy; again where another process took one of its ports in between. */
async function healthy<T extends Started>(begin: () => Promise<T>): Promise<T> {
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
  ])("starts %s, becomes healthy and serves", async (_case, change) => {
    const input = { ...ordererInput(version), ...change };
    const started = await healthy(() => startOrderer(program, renderOrdererYaml(input)));
    const { operations, admin } = started;
    await expectGuardedOperations(operations, version.text);
    await expectServing(started, input.clientAuthentication);
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
  /** Waits until a peer has named itself in its log so: by the environment its id, by the file its network. */
  async function expectName({ node }: Started, id: string, networkId: string): Promise<void> {
    const name = `Started peer with ID=[${id}], network ID=[${networkId}], address=[localhost:`;
    await until(node, () => Promise.resolve(node.log().includes(name) ? undefined : `never said "${name}"`));
  }

  test.each([
    ["with client authentication", true],
    ["without client authentication", false],
  ])("starts %s, becomes healthy and serves", async (_case, clientAuthentication) => {
    const text = renderCoreYaml({ ...peerInput(version), clientAuthentication });
    const started = await healthy(() => startPeer(program, text));
    await expectGuardedOperations(started.operations, version.text);
    await expectServing(started, clientAuthentication);
    await expectName(started, "peer0-org1-0", "trade");
  });

  test("asks CouchDB as the user of the file, with the password of the environment", async () => {
    const couchdb = createServer();
    const asked = once(couchdb, "request") as Promise<[IncomingMessage]>;
    couchdb.listen(0, "localhost");
    await once(couchdb, "listening");
    const address = couchdb.address() as AddressInfo;
    try {
      const text = renderCoreYaml({ ...peerInput(version), stateDatabase: { kind: "couchdb", username: "ledger" } });
      const { node } = await startPeer(program, text, {
        CORE_LEDGER_STATE_COUCHDBCONFIG_COUCHDBADDRESS: `localhost:${address.port}`,
        CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD: "correct horse",
      });
      const ended = node.ended.then(() => Promise.reject(new Error(`the peer ended; it said:\n${node.log()}`)));
      const [request] = await Promise.race([asked, ended]);
      const expected = `Basic ${Buffer.from("ledger:correct horse").toString("base64")}`;
      expect(request.headers.authorization).toBe(expected);
      expect(node.log()).not.toContain("correct horse");
    } finally {
      couchdb.closeAllConnections();
      couchdb.close();
    }
  });
});
