/** What is wrong on a running network is named, with its remedy, and the remedy helps. */
import { execFileSync } from "node:child_process";
import { readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AppsV1Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { firstTransaction } from "../../cli/network/first-transaction";
import { networkStatus } from "../../cli/network/status";
import type { StatedCondition } from "../../agent/status/document";
import { identityObjects } from "../../lib/spec/names";
import { until } from "../../sandbox/controlplane/readiness";
import { inNamespace } from "../../sandbox/nodes/processes";
import { planOf } from "../../sandbox/nodes/plan";
import { readRecord } from "../../sandbox/state";
import { found } from "../cluster/support/cluster";
import { describeRunning } from "./support/describe-running";
import { patience, runNetwork, smallNetwork, untilWell, type RunningNetwork } from "./support/network";

const whenAsked = process.env["DRILLS"] === "all" ? describeRunning : describe.skip;

whenAsked("on a running network", () => {
  let network: RunningNetwork;
  let core: CoreV1Api;

  beforeAll(async () => {
    network = await runNetwork(smallNetwork("tried"));
    core = network.cluster.config.makeApiClient(CoreV1Api);
  }, patience);
  afterAll(() => network.stop(), patience);

  /** What somebody is told about a thing that is not as it should be. */
  const troubleOf = async (object: string): Promise<StatedCondition | undefined> =>
    (await networkStatus(network.plan)).statuses
      .flatMap(({ conditions }) => conditions)
      .find((condition) => condition.object === object && condition.status !== "True" && condition.type === "PodRuns");
  const untilTold = async (object: string, words: RegExp): Promise<StatedCondition> => {
    let told: StatedCondition | undefined;
    await until(
      `${object} is said to be in trouble: ${words.source}`,
      async () => {
        told = await troubleOf(object);
        return told !== undefined && words.test(`${told.reason} ${told.message}`);
      },
      { seconds: 180, everyMilliseconds: 1000 },
    );
    if (told === undefined) throw new Error("it was told a moment ago");
    return told;
  };
  const deletePod = async (namespace: string, name: string): Promise<void> => {
    const uid = async () => (await core.readNamespacedPod({ namespace, name })).metadata?.uid;
    const before = await uid();
    await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
    await until(`${name} is another pod`, async () => (await found(uid)) && (await uid()) !== before, { seconds: 60 });
  };
  /** The folder on this machine that holds a claim's volume. */
  const volumeOf = async (namespace: string, claim: string): Promise<string> => {
    const { spec } = await core.readNamespacedPersistentVolumeClaim({ namespace, name: claim });
    const { spec: volume } = await core.readPersistentVolume({ name: spec?.volumeName ?? "" });
    const path = volume?.local?.path;
    if (path === undefined) throw new Error(`${claim} has no folder`);
    return path;
  };

  test(
    "a peer whose enrolment secret is wrong says so, and running the Job register again mends it",
    async () => {
      const namespace = "tried-bank";
      const pod = "peer0-bank-1";
      const wrong = Buffer.from("not-what-the-authority-knows").toString("base64");
      await core.patchNamespacedSecret({
        namespace,
        name: identityObjects.enrolment,
        body: [{ op: "replace", path: `/data/${pod}`, value: wrong }],
      });
      rmSync(join(await volumeOf(namespace, `data-${pod}`), "identity"), { recursive: true });
      await deletePod(namespace, pod);

      const told = await untilTold(`peer/${pod}`, /enrolment secret/);
      expect(told.reason).toBe("EnrolmentRefused");
      expect(`${told.message} ${told.remedy}`).toContain("delete job -n tried-bank");

      await network.cluster.config.makeApiClient(BatchV1Api).deleteCollectionNamespacedJob({
        namespace,
        labelSelector: "fabric-topologies.dev/role=register",
        propagationPolicy: "Background",
      });
      await network.stack.refresh();
      await network.stack.succeeds();
      await untilWell(network.plan);
    },
    patience,
  );

  test(
    "a full volume is called full, and room for it mends it",
    async () => {
      const namespace = "tried-bank";
      const pod = "peer0-bank-0";
      const folder = await volumeOf(namespace, `data-${pod}`);
      const node = (await core.readNamespacedPod({ namespace, name: pod })).spec?.nodeName;
      const record = readRecord(network.cluster.sandbox.dir);
      const zone = record && planOf(record)?.zones.find((one) => one.node === node);
      // Its first processes are those that make the machine's namespace of processes, and are not in it.
      const processesOf = (pid: number | "self") => readlinkSync(`/proc/${pid}/ns/pid`);
      const inside = inNamespace(zone?.netnsFile ?? "").find((pid) => processesOf(pid) !== processesOf("self"));
      expect(inside).toBeDefined();
      // The node's own view: nothing else on this machine sees the small disk.
      const onNode = (...command: string[]) =>
        execFileSync("nsenter", [`--target=${inside}`, "--mount", "--pid", "--", ...command]);
      onNode("mount", "-t", "tmpfs", "-o", "size=64k,mode=2770,gid=10001", "small", folder);
      await deletePod(namespace, pod);

      const told = await untilTold(`peer/${pod}`, /no space left|nothing can be written/i);
      expect(told.reason).toBe("VolumeFull");
      expect(told.remedy).toContain("enlarge");

      onNode("umount", "--lazy", folder);
      await deletePod(namespace, pod);
      await untilWell(network.plan);
      expect(await firstTransaction(network.plan)).toMatch(/read it back/);
    },
    patience,
  );

  test(
    "an ordering node that lost its volume comes back as a new consenter, with the whole ledger (R6)",
    async () => {
      const namespace = "tried-clearing";
      const pod = "orderer-1";
      const claim = `data-${pod}`;
      const before = (await core.readNamespacedPersistentVolumeClaim({ namespace, name: claim })).metadata?.uid;
      // As docs/operator.md says, "An ordering node must begin anew".
      await network.cluster.config
        .makeApiClient(AppsV1Api)
        .deleteNamespacedStatefulSet({ namespace, name: "orderer", propagationPolicy: "Orphan" });
      await core.deleteNamespacedPersistentVolumeClaim({ namespace, name: claim });
      await core.deleteNamespacedPod({ namespace, name: pod });
      await until(
        "the claim is gone",
        async () => !(await found(() => core.readNamespacedPersistentVolumeClaim({ namespace, name: claim }))),
        { seconds: 60 },
      );
      // Two of three go on.
      expect(await firstTransaction(network.plan)).toMatch(/read it back/);

      await network.stack.refresh();
      await network.stack.succeeds();
      await untilWell(network.plan);
      expect((await core.readNamespacedPersistentVolumeClaim({ namespace, name: claim })).metadata?.uid).not.toBe(
        before,
      );
      expect(await firstTransaction(network.plan)).toMatch(/read it back/);
    },
    patience,
  );
});
