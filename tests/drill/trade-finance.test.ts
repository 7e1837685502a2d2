import { CoreV1Api } from "@kubernetes/client-node";
import { breakingInSandbox } from "../../cli/drill/breaking";
import { type ledgersIn, untilLevel } from "../../cli/drill/ledgers";
import { runDrill } from "../../cli/drill/run";
import { firstTransaction } from "../../cli/network/first-transaction";
import { isWell } from "../../cli/network/seen";
import { networkStatus } from "../../cli/network/status";
import type { Failure } from "../../lib/placement/failure";
import type { Manner } from "../../lib/recovery/drill/drill";
import { reportText } from "../../lib/recovery/drill/report-text";
import { networkLabel } from "../../lib/constructs/manifests";
import { tryConnections } from "../cluster/support/connections";
import { describeRunning } from "./support/describe-running";
import { patience, runNetwork, untilStartedAfter, untilWell, type RunningNetwork } from "./support/network";
import { privateKeysIn } from "./support/private-keys";

/** The long ones, a quarter of an hour together, are for whoever asks: DRILLS=all npm run test:drill. */
const whenAsked = process.env["DRILLS"] === "all" ? test : test.skip;

describeRunning("the trade-finance network on three real nodes", () => {
  let network: RunningNetwork;

  beforeAll(async () => {
    network = await runNetwork("examples/trade-finance/network.yaml");
  }, patience);
  afterAll(() => network.stop(), patience);

  test(
    "a transaction commits and is read back, and every agent says that all is well (R1)",
    async () => {
      expect(await firstTransaction(network.plan)).toMatch(
        /^amber put a value on letters-of-credit .*: block \d+, \d+ ms/,
      );
      expect(isWell(await networkStatus(network.plan))).toBe(true);
    },
    patience,
  );

  test(
    "a second run of pulumi up changes nothing",
    async () => {
      const counts = await network.stack.succeeds();
      expect(Object.keys(counts)).toEqual(["unchanged"]);
    },
    patience,
  );

  test(
    "no private key is in Pulumi's state, a ConfigMap, a Secret, a log or a preview (R4)",
    async () => {
      const { output } = await network.stack.preview();
      const looked = await privateKeysIn(network.cluster.config, network.plan.network.name, {
        "the engine's state": network.stack.state(),
        "a preview": output,
      });
      expect(looked.found).toEqual([]);
      // Whoever looks at nothing finds nothing.
      expect(looked.texts).toBeGreaterThan(100);
    },
    patience,
  );

  test(
    "every flow of the endpoint model works, and every other port of every pod is refused (R2)",
    async () => {
      const { open, refused, surprises } = await tryConnections(network.cluster.config, network.plan.network);
      expect(surprises).toEqual([]);
      expect(open).toBeGreaterThan(100);
      expect(refused).toBeGreaterThan(1000);
    },
    patience,
  );

  describe("survives, under load, as the failure matrix says, with nothing lost (R6)", () => {
    const drill = async (failure: Failure, manner: Manner, seconds: number) => {
      await untilWell(network.plan);
      const report = await runDrill({
        plan: network.plan,
        failure,
        manner,
        breaking: breakingInSandbox(network.cluster.sandbox, network.plan, failure, manner),
        rate: 8,
        seconds,
        onEvent: () => undefined,
      });
      process.stderr.write(`\n${reportText(report)}\n`);
      // How long it was silent is told above and belongs to a quiet machine; what was lost or given up, or was not as
      // predicted, to any.
      expect(report.findings.filter((finding) => !/s without a commit/.test(finding))).toEqual([]);
    };

    // The silent freeze of Raft begins 20 s after a cut and would last until after 60 s, so shorter cuts show nothing.
    whenAsked("zone-a silently cut off", () => drill({ kind: "zone", zone: "zone-a" }, "cut", 75), patience);
    test("zone-b killed", () => drill({ kind: "zone", zone: "zone-b" }, "kill", 30), patience);
    whenAsked("the witness silently cut off", () => drill({ kind: "zone", zone: "zone-c" }, "cut", 75), patience);

    whenAsked(
      "the Raft leader's pod",
      async () => {
        const leader = (await networkStatus(network.plan)).statuses
          .flatMap(({ nodes }) => nodes)
          .find(({ leads }) => leads?.includes("letters-of-credit") === true);
        expect(leader).toBeDefined();
        await drill({ kind: "pod", pod: leader?.pod ?? "", namespace: "trade-clearing" }, "delete", 15);
      },
      patience,
    );

    whenAsked(
      "a gateway's peer",
      () => drill({ kind: "pod", pod: "peer0-amber-0", namespace: "trade-amber" }, "delete", 15),
      patience,
    );
    whenAsked(
      "a certificate authority",
      () => drill({ kind: "pod", pod: "ca-amber-0", namespace: "trade-amber" }, "delete", 15),
      patience,
    );
  });

  whenAsked(
    "with all pods of the network deleted at once it comes back by itself, with the same ledgers",
    async () => {
      const before = await untilLevel(network.plan, 60);
      expect(before.level).toBe(true);
      const core = network.cluster.config.makeApiClient(CoreV1Api);
      const labelSelector = `${networkLabel}=${network.plan.network.name}`;
      const { items } = await core.listPodForAllNamespaces({ labelSelector });
      const deleted = Date.now();
      await Promise.all(
        items.map(({ metadata }) =>
          core.deleteNamespacedPod({
            name: metadata?.name ?? "",
            namespace: metadata?.namespace ?? "",
            gracePeriodSeconds: 0,
          }),
        ),
      );
      await untilStartedAfter(network.plan, deleted);
      await untilWell(network.plan);
      const byNode = (ledgers: ReturnType<typeof ledgersIn>) =>
        ledgers.map(({ pod, channel, height, hash }) => `${pod} ${channel} ${height} ${hash ?? ""}`).sort();
      const after = await untilLevel(network.plan, 120);
      expect(byNode([...after.ledgers])).toEqual(byNode([...before.ledgers]));
      expect(await firstTransaction(network.plan)).toMatch(/read it back/);
    },
    patience,
  );
});
