/** How a drill breaks things, and heals them again. */
import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { readKubeconfig } from "../../lib/deploy/kubeconfig";
import type { Failure } from "../../lib/placement/failure";
import type { Manner } from "../../lib/recovery/drill/drill";
import type { Sandbox } from "../../sandbox/sandbox";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";
import { atSite, siteError } from "../network/refusals";

/** One way to break one thing. */
export interface Breaking {
  /** What will be done, for the question and the report. */
  readonly words: string;
  break(): Promise<void>;
  heal(): Promise<void>;
}

const zoneLabel = "topology.kubernetes.io/zone";
const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** In the sandbox links and machines are broken for real. */
export function breakingInSandbox(sandbox: Sandbox, plan: Plan, failure: Failure, manner: Manner): Breaking {
  switch (failure.kind) {
    case "pod":
      return deletedPod(plan, failure);
    case "node":
    case "zone": {
      const { zone } = failure;
      return {
        words: manner === "kill" ? `${zone} is killed: every process of its machine` : `${zone} is cut off, silently`,
        break: () => (manner === "kill" ? sandbox.killZone(zone) : sandbox.cutZone(zone)),
        heal: () => sandbox.restoreZone(zone),
      };
    }
    case "link": {
      const [one, other] = failure.between;
      return {
        words: `the link between ${one} and ${other} drops everything`,
        break: () => sandbox.cutLink(one, other),
        heal: () => sandbox.restoreLink(one, other),
      };
    }
  }
}

/** In anybody's cluster nodes are cordoned and their pods deleted: no network of theirs is touched. */
export function breakingInCluster(plan: Plan, failure: Failure): Breaking {
  switch (failure.kind) {
    case "pod":
      return deletedPod(plan, failure);
    case "node":
    case "zone":
      return cordonedZone(plan, failure.zone);
    case "link":
      throw new CommandError(
        "links are cut in the sandbox only: in a cluster of yours the network belongs to others",
        "rehearse it with `make up NODES=real` and `npx fabric-topologies drill link-cut`",
      );
  }
}

function deletedPod(plan: Plan, { pod: name, namespace }: Extract<Failure, { kind: "pod" }>): Breaking {
  return {
    words: `pod ${namespace}/${name} is deleted without grace`,
    break: () =>
      inCluster(plan, async (core) => {
        await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
      }),
    // Kubernetes makes it anew.
    heal: () => Promise.resolve(),
  };
}

function cordonedZone(plan: Plan, zone: string): Breaking {
  // Those that somebody else had cordoned before stay so.
  let cordoned: string[] = [];
  const setUnschedulable = (core: CoreV1Api, unschedulable: boolean) =>
    Promise.all(cordoned.map((name) => core.patchNode({ name, body: { spec: { unschedulable } } }, mergePatch)));
  return {
    words: `the nodes of ${zone} are cordoned and this network's pods on them deleted without grace`,
    break: () =>
      inCluster(plan, async (core) => {
        const found = await core.listNode({ labelSelector: `${zoneLabel}=${zone}` });
        const nodes = new Set(found.items.map(({ metadata }) => metadata?.name));
        cordoned = found.items
          .filter(({ spec }) => spec?.unschedulable !== true)
          .flatMap(({ metadata }) => metadata?.name ?? []);
        await setUnschedulable(core, true);
        await deletePods(core, plan.network.name, nodes);
      }),
    heal: () => inCluster(plan, async (core) => void (await setUnschedulable(core, false))),
  };
}

/** Deletes a network's pods on some nodes, without grace. */
async function deletePods(core: CoreV1Api, network: string, nodes: ReadonlySet<string | undefined>): Promise<void> {
  const { items } = await core.listPodForAllNamespaces({ labelSelector: `fabric-topologies.dev/network=${network}` });
  await Promise.all(
    items
      .filter(({ spec }) => nodes.has(spec?.nodeName))
      .map(({ metadata }) =>
        core.deleteNamespacedPod({
          name: metadata?.name ?? "",
          namespace: metadata?.namespace ?? "",
          gracePeriodSeconds: 0,
        }),
      ),
  );
}

/** Asks the stack's cluster for something. */
function inCluster(plan: Plan, work: (core: CoreV1Api) => Promise<void>): Promise<void> {
  const [site] = plan.settings.sites;
  if (site === undefined) throw new RangeError("a stack has at least one site");
  const config = readKubeconfig(site);
  if ("found" in config) throw siteError(site.name, config);
  return atSite(site.name, () => work(config.makeApiClient(CoreV1Api)));
}
