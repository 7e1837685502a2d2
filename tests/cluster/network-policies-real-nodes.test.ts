/**
 * The NetworkPolicies of a network on real nodes: pods that do nothing stand for those of each role, something in their
 * network namespaces listens in their stead, and every connection between them is tried.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CoreV1Api, type KubernetesObject, NetworkingV1Api, type V1Pod } from "@kubernetes/client-node";
import { labelKeys, type WorkloadRole } from "../../lib/constructs/labels";
import { ports } from "../../lib/fabric/ports";
import { namespaceName } from "../../lib/spec/names";
import type { Network } from "../../lib/spec/network";
import { settingsSchema } from "../../lib/spec/settings";
import { pauseReference } from "../../sandbox/images/infrastructure";
import { requireRealNodes } from "../../sandbox/nodes/tools";
import { startSandbox, stopSandbox } from "../../sandbox/sandbox";
import dualActive from "../../topologies/dual-active/index";
import { network as networkOf } from "../support/models";
import { type Cluster, clusterOf, create, eventually } from "./support/cluster";
import { tryConnections, type Verdict } from "./support/connections";
import { podNetworks } from "./support/pod-netns";
import { obstacle, Probe } from "./support/probe";

/** East and west share no channel. */
const model: Network = networkOf({
  name: "open",
  organisations: [
    { name: "east", peers: [{ name: "peer0" }] },
    { name: "west", peers: [{ name: "peer0" }] },
    { name: "hub", peers: [{ name: "peer0" }] },
    { name: "clearing", orderers: { nodes: 3 } },
  ],
  channels: [
    { name: "east-hub", members: ["east", "hub"] },
    { name: "west-hub", members: ["west", "hub"] },
  ],
});

/** What nobody has any business with. */
const strayPort = 12_345;

/** What the pods of a role listen on. */
const listening: Readonly<Record<WorkloadRole | "outsider", readonly number[]>> = {
  peer: Object.values(ports.peer),
  orderer: Object.values(ports.orderer),
  ca: Object.values(ports.certificateAuthority),
  agent: Object.values(ports.agent),
  chaincode: Object.values(ports.chaincode),
  client: [],
  "ca-init": [],
  register: [],
  // There is none between zones of one cluster.
  gateway: [],
  outsider: [],
};

interface Stand {
  readonly namespace: string;
  readonly name: string;
  readonly role: WorkloadRole | "outsider";
}

const everyone: readonly WorkloadRole[] = ["ca-init", "ca", "register", "agent"];
const stands: readonly Stand[] = [
  ...model.organisations.flatMap((organisation) =>
    [
      ...everyone,
      ...(organisation.orderers ? (["orderer", "orderer"] as const) : []),
      ...(organisation.peers.length > 0 ? (["peer", "peer", "chaincode", "client"] as const) : []),
    ].map((role, index) => ({ namespace: namespaceName(model, organisation), name: `${role}-${index}`, role })),
  ),
  ...["applications", "monitoring", "strangers"].map((namespace) => ({
    namespace,
    name: "outsider",
    role: "outsider" as const,
  })),
];

const outside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  applications: { [labelKeys.clientsOf]: model.name },
  monitoring: { [labelKeys.monitorsOf]: model.name },
  strangers: { [labelKeys.clientsOf]: "another-network" },
};

const why = obstacle() ?? missing();

/** Why there can be no real nodes. */
function missing(): string | undefined {
  try {
    requireRealNodes();
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

if (why !== undefined) {
  test.skip(`NetworkPolicies on real nodes: ${why}`, () => undefined);
} else {
  const folder = mkdtempSync(path.join(tmpdir(), "policies-test-"));
  const dir = path.join(folder, "sandbox");
  const probes: Probe[] = [];
  let cluster: Cluster;
  let networking: NetworkingV1Api;

  beforeAll(async () => {
    cluster = clusterOf(await startSandbox({ dir, nodes: "real", owner: process.pid }));
    networking = cluster.config.makeApiClient(NetworkingV1Api);
    for (const object of manifests(Number(new URL(cluster.sandbox.server).port))) {
      await create(cluster.config, object);
    }
    await startStands();
  }, 10 * 60_000);
  afterAll(async () => {
    await Promise.all(probes.map((probe) => probe.stop()));
    await stopSandbox(dir);
    rmSync(folder, { recursive: true, force: true });
  });

  /** The namespaces and policies of the network, and the namespaces of others. */
  function manifests(apiServerPort: number): KubernetesObject[] {
    const settings = settingsSchema.parse({
      network: "network.yaml",
      sites: [
        {
          name: "city",
          zones: [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
          storage: { provisioner: "example.com/disks" },
          apiServer: { port: apiServerPort },
        },
      ],
    });
    const objects = dualActive.synthesise(dualActive.place(model, settings), settings).flatMap((site) => site.objects);
    const others = Object.entries(outside).map(([name, labels]) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels },
    }));
    const kinds = ["Namespace", "NetworkPolicy"];
    return [
      ...others,
      ...kinds.flatMap((kind) => objects.filter((object) => object.kind === kind)),
    ] as KubernetesObject[];
  }

  async function startStands(): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    for (const namespace of new Set(stands.map((stand) => stand.namespace))) {
      await eventually(`service account of ${namespace}`, async () =>
        (await core.listNamespacedServiceAccount({ namespace })).items.some(
          ({ metadata }) => metadata?.name === "default",
        ),
      );
    }
    const made = await Promise.all(
      stands.map(async (stand) => {
        const { metadata } = await core.createNamespacedPod({ namespace: stand.namespace, body: podOf(stand) });
        return { ...stand, uid: metadata?.uid ?? "" };
      }),
    );
    await eventually("all pods run", async () => {
      const { items } = await core.listPodForAllNamespaces();
      const running = new Set(
        items.filter(({ status }) => status?.phase === "Running").map((pod) => pod.metadata?.uid),
      );
      return made.every(({ uid }) => running.has(uid));
    });
    const networks = podNetworks();
    const started = made.map(async ({ uid, role }) => {
      probes.push(await Probe.start(networks.get(uid)!.file, [...new Set([...listening[role], strayPort])]));
    });
    await Promise.all(started);
  }

  const podOf = ({ name, role }: Stand): V1Pod => ({
    metadata: { name, labels: role === "outsider" ? {} : { [labelKeys.role]: role } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "main",
          image: pauseReference,
          imagePullPolicy: "Never",
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });

  /** The verdict once it is as `expected`, or the last one. */
  async function verdictWhen(expected: (verdict: Verdict) => boolean): Promise<Verdict> {
    let verdict = await tryConnections(cluster.config, model);
    for (let again = 0; again < 5 && !expected(verdict); again++) {
      verdict = await tryConnections(cluster.config, model);
    }
    return verdict;
  }

  test(
    "every flow of the network works, and every other connection of its pods is refused at once",
    async () => {
      const verdict = await verdictWhen(({ surprises }) => surprises.length === 0);
      expect(verdict).toMatchObject({ surprises: [], unseen: [] });
      // Both kinds were there to be seen.
      expect(verdict.open).toBeGreaterThan(100);
      expect(verdict.refused).toBeGreaterThan(1_000);
    },
    5 * 60_000,
  );

  test(
    "a policy that is missing is noticed, and so is one that allows too much",
    async () => {
      await networking.deleteNamespacedNetworkPolicy({ namespace: "open-clearing", name: "orderer" });
      await networking.createNamespacedNetworkPolicy({
        namespace: "open-east",
        body: { metadata: { name: "too-much" }, spec: { podSelector: {}, ingress: [{}] } },
      });
      const noticed = [
        "open-hub/peer-4 → open-clearing/orderer-4:7050 should be open, is refused",
        "strangers/outsider → open-east/ca-1:7054 should be refused, is open",
      ];
      const { surprises } = await verdictWhen((verdict) => noticed.every((one) => verdict.surprises.includes(one)));
      expect(surprises).toEqual(expect.arrayContaining(noticed));
      // What neither policy is about goes as before.
      expect(surprises.filter((one) => !one.includes("open-clearing") && !one.includes("open-east"))).toEqual([]);
    },
    5 * 60_000,
  );
}
