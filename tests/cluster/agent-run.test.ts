/** An agent against a real API server: who leads, what it says, which pods count as ready. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:tls";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CoordinationV1Api, CoreV1Api, type V1Pod, Watch } from "@kubernetes/client-node";
import { agentLease } from "../../agent/run/run";
import type { Consortium } from "../../lib/fabric/consortium";
import { receivesBlocks } from "../../lib/fabric/readiness";
import { readStatus, statusConfigMap, statusKey, type AgentStatus } from "../../agent/status/document";
import { testOrganisation } from "../fabric/identities";
import { type Cluster, createNamespace, deleteNamespace, eventually, sharedSandbox } from "./support/cluster";
import type { Says } from "./support/agent-process";

let cluster: Cluster;
let core: CoreV1Api;
let namespace: string;
let folder: string;
let orderer: Server;
let model: Consortium;
/** Why the peer was not ready at times: the simulated kubelet puts it back at once, as a real one does later. */
const reasons = new Set<string>();
let watching: AbortController | undefined;
const agents = new Map<string, { readonly child: ChildProcess; readonly ports: { health: number; metrics: number } }>();

const peer = { pod: "peer0-amber-0", site: "s", zone: "zone-a", host: "peer0-amber-0.peer-svc.example", port: 7051 };
const channel = "trade";

beforeAll(async () => {
  cluster = await sharedSandbox();
  core = cluster.config.makeApiClient(CoreV1Api);
  namespace = await createNamespace(cluster.config);
  folder = mkdtempSync(join(tmpdir(), "agent-test-"));
  const organisation = await testOrganisation();
  const pair = await organisation.tlsPair("localhost", ["localhost", "127.0.0.1"]);
  // An ordering node of somebody else, so that somebody of the network answers while the simulated peer cannot.
  orderer = createServer({ cert: pair.certificate, key: pair.privateKey });
  orderer.listen(0, "127.0.0.1");
  await once(orderer, "listening");
  const { port } = orderer.address() as { port: number };
  model = consortium(namespace, port);
  writeFileSync(join(folder, "model.json"), JSON.stringify(model));
  const tls = { certificate: pair.certificate, key: pair.privateKey, authorities: organisation.tlsAuthority };
  writeFileSync(
    join(folder, "identity.json"),
    JSON.stringify({ mspId: "AmberMSP", certificate: pair.certificate, tls }),
  );
  say({ heights: [], conditions: [] });
  watching = await new Watch(cluster.config).watch(
    `/api/v1/namespaces/${namespace}/pods`,
    {},
    (_phase, pod: V1Pod) => {
      const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
      if (ready?.status === "False") reasons.add(ready.reason ?? "");
    },
    () => undefined,
  );
  await core.createNamespacedPod({ namespace, body: peerPod });
  await eventually("the peer's pod runs", async () => (await readPod()).status?.phase === "Running");
});

afterAll(async () => {
  watching?.abort();
  for (const { child } of agents.values()) child.kill("SIGKILL");
  orderer.close();
  await deleteNamespace(cluster.config, namespace);
  rmSync(folder, { recursive: true, force: true });
});

const peerPod: V1Pod = {
  metadata: { name: peer.pod, labels: { "fabric-topologies.dev/role": "peer" } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: "peer", image: "example.org/peer:1" }],
    readinessGates: [{ conditionType: receivesBlocks }],
  },
};

function consortium(own: string, ordererPort: number): Consortium {
  const none = { peers: [], orderers: [], anchorPeers: [] };
  return {
    network: "trade",
    fabricVersion: "3.1.5",
    clusterDomain: "cluster.local",
    organisations: [
      { ...none, name: "amber", mspId: "AmberMSP", namespace: own, peers: [peer] },
      {
        ...none,
        name: "clearing",
        mspId: "ClearingMSP",
        namespace: `${own}-clearing`,
        // Two names of the one that listens: of three nodes two must answer for the third to be judged.
        orderers: ["localhost", "127.0.0.1"].map((host, index) => ({
          pod: `orderer-${index}`,
          site: "s",
          zone: "zone-b",
          host,
          port: ordererPort,
        })),
      },
    ],
    channels: [{ name: channel, members: ["amber"] } as unknown as Consortium["channels"][number]],
    chaincodes: [],
  };
}

const say = (says: Says): void => writeFileSync(join(folder, "says.json"), JSON.stringify(says));
const heights = (height?: number): Says["heights"] => [
  { node: peer, role: "peer", channels: height === undefined ? [] : [{ channel, height }] },
];
const readPod = (): Promise<V1Pod> => core.readNamespacedPod({ namespace, name: peer.pod });

async function condition(type: string) {
  return (await readPod()).status?.conditions?.find((one) => one.type === type);
}

async function startAgent(pod: string): Promise<void> {
  const script = resolve("tests/cluster/support/agent-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, folder, "amber", namespace, pod], {
    env: { ...process.env, KUBECONFIG: cluster.sandbox.kubeconfig },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  agents.set(pod, { child, ports: JSON.parse(line.toString()) as { health: number; metrics: number } });
}

async function holder(): Promise<string | undefined> {
  const leases = cluster.config.makeApiClient(CoordinationV1Api);
  const lease = await leases.readNamespacedLease({ namespace, name: agentLease }).catch(() => undefined);
  return lease?.spec?.holderIdentity;
}

async function status(): Promise<{ readonly version: string; readonly status: AgentStatus } | undefined> {
  const map = await core.readNamespacedConfigMap({ namespace, name: statusConfigMap }).catch(() => undefined);
  const read = readStatus(map?.data?.[statusKey] ?? "");
  return read === undefined ? undefined : { version: map?.metadata?.resourceVersion ?? "", status: read };
}

const get = async (pod: string, which: "health" | "metrics", path: string) => {
  const answer = await fetch(`http://localhost:${agents.get(pod)?.ports[which] ?? 0}${path}`);
  return { status: answer.status, body: await answer.text() };
};

test("a lone agent leads, and is not ready while something is missing", async () => {
  const missing = { type: "ChannelCreated", status: "False", reason: "Waits", object: "channel/trade" } as const;
  say({ heights: heights(), conditions: [{ ...missing, message: "two organisations are missing" }] });
  await startAgent("agent-one");
  await eventually("it leads", async () => (await holder()) === "agent-one");
  await eventually("it says what is missing", async () =>
    (await get("agent-one", "health", "/readyz")).body.includes("two organisations"),
  );
  expect(await get("agent-one", "health", "/readyz")).toMatchObject({ status: 503 });
  expect(await get("agent-one", "health", "/healthz")).toMatchObject({ status: 200 });
  await eventually("an event tells of it", async () => {
    const { items } = await core.listNamespacedEvent({ namespace });
    return items.some(({ message }) => message?.includes("ChannelCreated is False: two organisations are missing"));
  });
});

test("a peer counts as ready while there is no channel, not before it has joined one that exists, and then again", async () => {
  await eventually("the gate is open", async () => (await condition(receivesBlocks))?.reason === "NoChannelYet");
  // Somebody has the channel, and the peer has not: its agent has seen it before, and the peer was made anew.
  say({ heights: heights(3), conditions: [] });
  await eventually("it keeps up", async () => (await condition(receivesBlocks))?.reason === "KeepsUp");
  say({ heights: heights(), conditions: [] });
  await eventually("it has to join", async () => (await condition(receivesBlocks))?.status === "False");
  expect(await condition(receivesBlocks)).toMatchObject({
    reason: "NotJoined",
    message: expect.stringContaining("trade"),
  });
  say({ heights: heights(4), conditions: [] });
  await eventually("it keeps up again", async () => (await condition(receivesBlocks))?.status === "True");
});

test("the status tells heights and is written only when something changed", async () => {
  await eventually("height 4", async () => (await status())?.status.nodes[0]?.channels[0]?.height === 4);
  await eventually("ready", async () => (await get("agent-one", "health", "/readyz")).status === 200);
  expect((await status())?.status).toMatchObject({
    organisation: "amber",
    agent: "agent-one",
    nodes: [{ pod: peer.pod, role: "peer", zone: "zone-a", unreachable: expect.any(String) }],
    renewal: { kind: "rest" },
  });
  expect((await get("agent-one", "metrics", "/metrics")).body).toMatch(
    /fabric_topologies_height\{channel="trade",pod="peer0-amber-0",role="peer",organisation="amber"\} 4/,
  );
  await eventually("it is steady", async () => {
    const before = (await status())?.version;
    await once(orderer, "secureConnection");
    await once(orderer, "secureConnection");
    return (await status())?.version === before;
  });
});

test("a silent peer is taken out of its Services while others answer", async () => {
  await eventually("it is not ready", () => reasons.has("NotReachable"), 30);
  await eventually("the action is counted", async () =>
    (await get("agent-one", "metrics", "/metrics")).body.includes(
      'fabric_topologies_watchdog_actions_total{pod="peer0-amber-0"',
    ),
  );
});

test("when the leader is killed the other takes over within 15 s, and goes on where it was", async () => {
  await startAgent("agent-two");
  await eventually("the standby is ready", async () => (await get("agent-two", "health", "/readyz")).status === 200);
  expect(await holder()).toBe("agent-one");
  const before = (await status())?.status.conditions.find(({ type }) => type === "BlocksArrive");
  agents.get("agent-one")?.child.kill("SIGKILL");
  const killed = performance.now();
  await eventually("the other leads", async () => (await status())?.status.agent === "agent-two", 20);
  expect((performance.now() - killed) / 1000).toBeLessThan(15);
  expect(await holder()).toBe("agent-two");
  expect((await status())?.status.conditions.find(({ type }) => type === "BlocksArrive")?.at).toBe(before?.at);
});

test("an agent that is ended gives its lease back at once", async () => {
  agents.get("agent-two")?.child.kill("SIGTERM");
  await eventually("the lease is free", async () => (await holder()) === "", 15);
});
