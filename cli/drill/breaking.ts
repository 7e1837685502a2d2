/** How a drill breaks things, and heals them again. */
import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { readKubeconfig } from "../../lib/deploy/kubeconfig";
import { describeFailure, type Failure } from "../../lib/placement/failure";
import type { Site } from "../../lib/spec/settings";
import type { Manner } from "../../lib/recovery/drill/drill";
import type { Federation } from "../../sandbox/federation/federation";
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
    case "site":
    case "border":
    case "city":
    case "isolation":
      throw oneCluster();
  }
}

const oneCluster = (): CommandError =>
  new CommandError(
    "this sandbox is one cluster: there is no other site to lose",
    "rehearse it with `npx fabric-topologies up --topology federated --nodes real`",
  );

/** In the federated sandbox whole clusters are lost for real. */
export function breakingInFederation(federation: Federation, plan: Plan, failure: Failure, manner: Manner): Breaking {
  switch (failure.kind) {
    case "pod":
      return deletedPod(plan, failure);
    case "node":
    case "zone": {
      if (manner === "kill") {
        throw new CommandError(
          "a zone of the federated sandbox is cut off, never killed",
          "say `--how cut`, or kill its whole site with `drill cluster-loss`",
        );
      }
      const { zone } = failure;
      const site = siteOf(plan, ({ zones }) => zones.some(({ name }) => name === zone)).name;
      return {
        words: `${zone} of ${site} is cut off, silently`,
        break: () => federation.loseZone(site, zone),
        heal: () => federation.restoreZone(site, zone),
      };
    }
    case "site": {
      const { site } = failure;
      return {
        words: `${site} is killed: its control plane, its nodes and all that runs there, its gateway too`,
        break: () => federation.killMember(site),
        heal: () => federation.restoreMember(site),
      };
    }
    case "link":
    case "border":
    case "city":
    case "isolation":
      throw new CommandError(
        `the federated sandbox cannot do this: ${describeFailure(failure)}`,
        "lose a whole site instead: `npx fabric-topologies drill cluster-loss <site>`",
      );
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
    case "site":
    case "border":
    case "city":
    case "isolation":
      throw new CommandError(
        "whole sites are lost, and borders closed, in the sandbox only: clusters of yours carry more than this network",
        "rehearse it with `npx fabric-topologies up --topology federated --nodes real`",
      );
  }
}

function deletedPod(plan: Plan, { pod: name, namespace }: Extract<Failure, { kind: "pod" }>): Breaking {
  const home = plan.placement.nodes.find((node) => node.pod === name && node.namespace === namespace)?.site;
  const site = siteOf(plan, (one) => one.name === home);
  return {
    words: `pod ${namespace}/${name} is deleted without grace`,
    break: () =>
      inCluster(site, async (core) => {
        await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
      }),
    // Kubernetes makes it anew.
    heal: () => Promise.resolve(),
  };
}

function cordonedZone(plan: Plan, zone: string): Breaking {
  // Those that somebody else had cordoned before stay so.
  let cordoned: string[] = [];
  const site = siteOf(plan, ({ zones }) => zones.some(({ name }) => name === zone));
  const setUnschedulable = (core: CoreV1Api, unschedulable: boolean) =>
    Promise.all(cordoned.map((name) => core.patchNode({ name, body: { spec: { unschedulable } } }, mergePatch)));
  return {
    words: `the nodes of ${zone} are cordoned and this network's pods on them deleted without grace`,
    break: () =>
      inCluster(site, async (core) => {
        const found = await core.listNode({ labelSelector: `${zoneLabel}=${zone}` });
        const nodes = new Set(found.items.map(({ metadata }) => metadata?.name));
        cordoned = found.items
          .filter(({ spec }) => spec?.unschedulable !== true)
          .flatMap(({ metadata }) => metadata?.name ?? []);
        await setUnschedulable(core, true);
        await deletePods(core, plan.network.name, nodes);
      }),
    heal: () => inCluster(site, async (core) => void (await setUnschedulable(core, false))),
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

function siteOf({ settings }: Plan, isIt: (site: Site) => boolean): Site {
  const site = settings.sites.find(isIt);
  if (site === undefined) throw new RangeError("what is to be broken is on none of the sites");
  return site;
}

/** Asks a site's cluster for something. */
function inCluster(site: Site, work: (core: CoreV1Api) => Promise<void>): Promise<void> {
  const config = readKubeconfig(site);
  if ("found" in config) throw siteError(site.name, config);
  return atSite(site.name, () => work(config.makeApiClient(CoreV1Api)));
}
