/** A year in a quarter of an hour: certificates end soon after they were made, and the network goes on. */
import { predictionOf } from "../../lib/recovery/drill/drill";
import { reportText } from "../../lib/recovery/drill/report-text";
import { breakingInSandbox } from "../../cli/drill/breaking";
import { runDrill } from "../../cli/drill/run";
import { networkStatus } from "../../cli/network/status";
import type { Failure } from "../../lib/placement/failure";
import { until } from "../../sandbox/controlplane/readiness";
import { listPods } from "../cluster/support/cluster";
import { describeRunning } from "./support/describe-running";
import { patience, runNetwork, smallNetwork, untilWell, type RunningNetwork } from "./support/network";

/** Longer than the renewal of all nodes, one after the other, from the first that is due. */
const longPatience = 1_200_000;

const whenAsked = process.env["DRILLS"] === "all" ? describeRunning : describe.skip;

whenAsked("a network whose certificates hold for fourteen minutes", () => {
  let network: RunningNetwork;

  beforeAll(async () => {
    network = await runNetwork(smallNetwork("brief", { identities: { validity: "14m", renewBefore: "10m" } }));
  }, patience);
  afterAll(() => network.stop(), patience);

  const nodes = async () => (await networkStatus(network.plan)).statuses.flatMap((status) => status.nodes);
  /** When each node's certificate ends; 0 while nobody could ask it. */
  const ends = async (): Promise<ReadonlyMap<string, number>> =>
    new Map((await nodes()).map(({ pod, certificate }) => [pod, Date.parse(certificate?.notAfter ?? "") || 0]));
  const orderersAway = async (): Promise<number> => {
    const pods = await listPods(network.cluster.config, { namespace: "brief-clearing" });
    const ready = pods.filter(({ name, ready: isReady }) => name.startsWith("orderer-") && isReady);
    return 3 - ready.length;
  };
  const drill = async (failure: Failure, words: string, broken: () => Promise<void>, seconds: number) => {
    const report = await runDrill({
      plan: network.plan,
      failure,
      manner: "delete",
      breaking: { words, break: broken, heal: () => Promise.resolve() },
      rate: 8,
      seconds,
      onEvent: () => undefined,
    });
    process.stderr.write(`\n${reportText(report)}\n`);
    expect(predictionOf(network.plan.placement, failure).every(({ predicted }) => predicted.survives)).toBe(true);
    expect(report.findings.filter((finding) => !/s without a commit/.test(finding))).toEqual([]);
  };
  const orderer0: Failure = { kind: "pod", pod: "orderer-0", namespace: "brief-clearing" };

  test(
    "has them all renewed under load: never two ordering nodes away at once, and nothing lost (R4)",
    async () => {
      const first = await ends();
      expect([...first.values()].every((end) => end > 0)).toBe(true);
      let mostAway = 0;
      const renewed = () =>
        until(
          "every node has a new certificate",
          async () => {
            mostAway = Math.max(mostAway, await orderersAway());
            const now = await ends();
            return [...first].every(([pod, end]) => (now.get(pod) ?? 0) > end);
          },
          { seconds: 840, everyMilliseconds: 1000 },
        );
      await drill(orderer0, "every certificate is renewed", renewed, 0);
      expect(mostAway).toBe(1);
    },
    longPatience,
  );

  test(
    "loses nothing when its leader is killed right after that (R6)",
    async () => {
      await untilWell(network.plan);
      const leader = (await nodes()).find(({ leads }) => leads?.includes("records") === true);
      const failure: Failure = { kind: "pod", pod: leader?.pod ?? "", namespace: "brief-clearing" };
      const breaking = breakingInSandbox(network.cluster.sandbox, network.plan, failure, "delete");
      await drill(failure, breaking.words, () => breaking.break(), 15);
    },
    patience,
  );
});
