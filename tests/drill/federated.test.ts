import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CoreV1Api } from "@kubernetes/client-node";
import { breakingInFederation } from "../../cli/drill/breaking";
import { runDrill } from "../../cli/drill/run";
import { firstTransaction } from "../../cli/network/first-transaction";
import { isWell } from "../../cli/network/seen";
import { networkStatus } from "../../cli/network/status";
import { readWeights, weightsName } from "../../lib/ingress/weights";
import type { Failure } from "../../lib/placement/failure";
import { reportText } from "../../lib/recovery/drill/report-text";
import { loadConfig } from "../../sandbox/controlplane/client";
import { counts } from "../cluster/support/network-stack";
import type { Plan } from "../../topologies/plan";
import { describeRunning } from "./support/describe-running";
import { runFederatedNetwork, type RunningFederation } from "./support/federated-network";
import { patience, smallNetwork, untilWell } from "./support/network";

/** Where the worst happens: Raft is without a leader, and followers dial one that is gone. */
async function siteOfLeader(plan: Plan): Promise<string> {
  const leader = (await networkStatus(plan)).statuses
    .flatMap(({ nodes }) => nodes)
    .find(({ leads }) => leads?.includes("records") === true);
  const home = plan.placement.nodes.find(({ pod }) => pod === leader?.pod)?.site;
  if (home === undefined) throw new Error("nobody says that it leads channel records");
  return home;
}

const poolHost = "gateway.bank.overseas.example";

describeRunning("a network over three clusters, each with an API server and a real node of its own", () => {
  let network: RunningFederation;

  beforeAll(async () => {
    network = await runFederatedNetwork(
      smallNetwork("overseas", {
        organisations: [
          { name: "bank", peers: [{ name: "peer0" }] },
          { name: "clearing", orderers: { nodes: 5 } },
        ],
      }),
    );
  }, 2 * patience);
  afterAll(() => network.stop(), patience);

  test(
    "a transaction is endorsed, ordered over the borders and read back, and the agents of all sites say that all is well (R7)",
    async () => {
      expect(await firstTransaction(network.plan)).toMatch(/^bank put a value on records .*: block \d+, \d+ ms/);
      expect(isWell(await networkStatus(network.plan))).toBe(true);
    },
    patience,
  );

  test(
    "a second run of pulumi up changes nothing",
    async () => {
      expect(Object.keys(counts(await network.stack.up()))).toEqual(["unchanged"]);
    },
    patience,
  );

  test(
    "survives the loss of the cluster that leads, under load, as the failure matrix says, with nothing lost and no identity twice (R7)",
    async () => {
      await untilWell(network.plan);
      const failure: Failure = { kind: "site", site: await siteOfLeader(network.plan) };
      const report = await runDrill({
        plan: network.plan,
        failure,
        manner: "kill",
        breaking: breakingInFederation(network.federation, network.plan, failure, "kill"),
        rate: 8,
        seconds: 40,
        onEvent: () => undefined,
      });
      process.stderr.write(`\n${reportText(report)}\n`);
      // How long it was silent is told above and belongs to a quiet machine; what was lost, or was not as predicted, to any.
      expect(report.findings.filter((finding) => !/s without a commit/.test(finding))).toEqual([]);
      // What nobody looked at would be no finding.
      expect(
        report.identities?.map(({ pod, home, sites }) => `${pod}: ${sites.join() === home ? "once" : sites.join()}`),
      ).toEqual(
        network.plan.placement.nodes
          .filter(({ role }) => role === "peer" || role === "orderer")
          .map(({ pod }) => `${pod}: once`),
      );
      expect(report.identities?.every(({ before, after }) => before !== undefined && before === after)).toBe(true);
    },
    patience,
  );

  test(
    "shift moves a pool's traffic away from a site on all clusters, transactions go on, and pulumi up wants what it left (R7)",
    async () => {
      const settings = join(network.stack.folder, "Pulumi.dev.yaml");
      const shift = [
        "shift",
        "gateway.bank",
        "gcp-staging=100",
        "--step",
        "50",
        "--hold",
        "2s",
        "--settings",
        settings,
      ];
      const { stdout } = await promisify(execFile)(process.execPath, ["bin/fabric-topologies.mjs", ...shift]);
      expect(stdout.trim().split("\n").at(-1)).toMatch(/^done .*gcp-staging 100/);
      const weights = await Promise.all(
        network.federation.members.map(async ({ kubeconfig }) => {
          const core = loadConfig(kubeconfig).makeApiClient(CoreV1Api);
          const { data } = await core.readNamespacedConfigMap({ namespace: "overseas-gateway", name: weightsName });
          return readWeights(data);
        }),
      );
      expect(weights).toHaveLength(3);
      for (const each of weights) {
        expect(each).toMatchObject({ [poolHost]: { "aws-prod": 0, "gcp-staging": 100 } });
      }
      expect(await firstTransaction(network.plan)).toMatch(/read it back/);
      const after = await network.stack.up();
      expect(after.exit).toBe(0);
      expect(Object.keys(counts(await network.stack.up()))).toEqual(["unchanged"]);
    },
    patience,
  );
});
