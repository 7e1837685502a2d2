/**
 * Identities on real nodes, without Fabric's own programs: authorities, enrolment, renewal and the agent's image, in pods
 * that run the real fabric-ca and the agent of this checkout. Peers and ordering nodes get no further than their
 * certificates: nothing here has their images.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { readStatus, statusConfigMap, statusKey } from "../../agent/status/document";
import { imagesOf } from "../../cli/sandbox-images";
import type { NetworkInput } from "../../lib/spec/network";
import { prepareImages } from "../../sandbox/images/prepare";
import { type Sandbox, startSandbox, stopSandbox } from "../../sandbox/sandbox";
import { type Cluster, clusterOf, create, eventually, found, listPods } from "./support/cluster";
import { NetworkStack } from "./support/network-stack";
import { describeRealNodes, patience } from "./support/real-nodes";

jest.setTimeout(patience);

const minimal: NetworkInput = {
  name: "minimal",
  organisations: [
    { name: "org1", peers: [{ name: "peer0" }] },
    { name: "ordering", orderers: { nodes: 3 } },
  ],
};

describeRealNodes("identities on real nodes", () => {
  const folder = mkdtempSync(join(tmpdir(), "identities-"));
  let sandbox: Sandbox;
  let cluster: Cluster;
  let core: CoreV1Api;

  beforeAll(async () => {
    sandbox = await startSandbox({ dir: join(folder, "sandbox"), nodes: "real", owner: process.pid });
    cluster = clusterOf(sandbox);
    core = cluster.config.makeApiClient(CoreV1Api);
    // Ten seconds after they were made, certificates are due: whatever starts then renews them.
    const stack = await NetworkStack.make(
      cluster,
      { ...minimal, identities: { validity: "60m", renewBefore: "3590s" } },
      {
        smallMachines: true,
      },
    );
    const ours = imagesOf(stack.plan().network).filter(({ kind }) => kind === "ca" || kind === "agent");
    const { archives, missing } = await prepareImages(ours);
    expect(missing).toEqual([]);
    await sandbox.importImages(archives);
    // Kubernetes' own order will do: what a pod needs and does not find, it waits for.
    for (const object of stack.manifests().objects) await create(cluster.config, object);
    stack.forget();
  });

  afterAll(async () => {
    await stopSandbox(join(folder, "sandbox"));
    rmSync(folder, { recursive: true, force: true });
  });

  const enrolLog = (namespace: string, name: string): Promise<string> =>
    core.readNamespacedPodLog({ namespace, name, container: "enrol" });
  /** Whether the pod's init container has ended well. */
  const isEnrolled = async (namespace: string, name: string): Promise<boolean> => {
    if (!(await found(() => core.readNamespacedPod({ namespace, name })))) return false;
    const { status } = await core.readNamespacedPod({ namespace, name });
    return (
      status?.initContainerStatuses?.some((one) => one.name === "enrol" && one.state?.terminated?.exitCode === 0) ??
      false
    );
  };

  test("each organisation has its authorities, made and registered with by Jobs that are done (R4)", async () => {
    for (const organisation of ["org1", "ordering"]) {
      const namespace = `minimal-${organisation}`;
      await eventually(
        `the authorities of ${organisation} are ready`,
        async () => {
          const pods = await listPods(cluster.config, { namespace });
          return pods.some(({ name, ready }) => name === `ca-${organisation}-0` && ready);
        },
        180,
      );
      const batch = cluster.config.makeApiClient(BatchV1Api);
      await eventually(
        `the Jobs of ${organisation} are done`,
        async () => {
          const { items } = await batch.listNamespacedJob({ namespace });
          return items.length === 2 && items.every(({ status }) => status?.succeeded === 1);
        },
        120,
      );
    }
  });

  test("peers and ordering nodes enrol in their own pods, each under its name (R4)", async () => {
    for (const [namespace, pod] of [
      // The next of each waits until the first is ready, which needs Fabric's own programs.
      ["minimal-ordering", "orderer-0"],
      ["minimal-org1", "peer0-org1-0"],
    ] as const) {
      await eventually(`${pod} has enrolled`, () => isEnrolled(namespace, pod), 120);
      expect(await enrolLog(namespace, pod)).toContain(`${pod} has its certificates`);
    }
  });

  test("a pod that starts when its certificates are due renews them, an ordering node with the key that it has (R4)", async () => {
    const [namespace, name] = ["minimal-ordering", "orderer-0"];
    await eventually(
      "orderer-0 renews when it is started anew",
      async () => {
        if (!(await isEnrolled(namespace, name))) return false;
        const log = await enrolLog(namespace, name);
        if (/TLS certificate of orderer-0: renewed/.test(log)) return true;
        await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
        return false;
      },
      180,
    );
  });

  test("the agent runs from its image, and says of a node why it does not come up", async () => {
    const namespace = "minimal-ordering";
    await eventually(
      "the agent of ordering tells of orderer-0",
      async () => {
        if (!(await found(() => core.readNamespacedConfigMap({ namespace, name: statusConfigMap })))) return false;
        const { data } = await core.readNamespacedConfigMap({ namespace, name: statusConfigMap });
        const conditions = readStatus(data?.[statusKey] ?? "")?.conditions ?? [];
        return conditions.some(
          ({ type, object, reason }) =>
            type === "PodRuns" && object === "orderer/orderer-0" && /ImagePull/.test(reason),
        );
      },
      120,
    );
  });
});
