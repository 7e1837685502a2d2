/** Enforces NetworkPolicies on nodes that are network namespaces of this machine, as a network plugin does elsewhere. */
import {
  CoreV1Api,
  type KubeConfig,
  NetworkingV1Api,
  type V1Namespace,
  type V1NetworkPolicy,
  type V1Pod,
} from "@kubernetes/client-node";
import { setTimeout as delay } from "node:timers/promises";
import { reasonOf } from "../errors";
import { watched, type Watched } from "../volumes/watched";
import { identityOf, load, type NodeNetwork } from "./node-rules";
import { networkedPods } from "./pods";
import { removal, ruleset } from "./ruleset";

export type { NodeNetwork } from "./node-rules";

/** Changes come in crowds: an organisation is dozens of objects. */
const settleMilliseconds = 50;
const retryMilliseconds = 1_000;

/** Runs inside the daemon for as long as the nodes do. */
export interface PolicyEnforcer {
  /** Ends, and lets every packet through again. */
  stop(): Promise<void>;
  /** Once what the watches had told when this was called is in force on every node that is there. Errors: the enforcer was stopped before. */
  whenApplied(): Promise<void>;
}

interface Caches {
  readonly policies: Watched<V1NetworkPolicy>;
  readonly namespaces: Watched<V1Namespace>;
  readonly pods: Watched<V1Pod>;
}

/**
 * Starts the enforcer. It looks at everything whenever anything changes, and loads the rules of the nodes for which they
 * differ. A node that is not there, as in a lost zone, gets its rules when it is back.
 * @param nodes the nodes of this machine; pods of others count as peers only
 * @param log failures, once for each reason and node
 */
export async function startPolicyEnforcer(
  config: KubeConfig,
  nodes: readonly NodeNetwork[],
  log: (line: string) => void,
): Promise<PolicyEnforcer> {
  const states = nodes.map((node) => new NodeState(node, log));
  let waiting: Waiting[] = [];
  let changed = false;
  let ended = false;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  const pass = async (): Promise<void> => {
    while (changed && !ended) {
      await delay(settleMilliseconds);
      changed = false;
      const served = waiting;
      waiting = [];
      const outcomes = await enforce(await caches, states, log);
      if (outcomes.includes("failed")) waiting.push(...served);
      else for (const { resolve } of served) resolve();
      clearTimeout(retry);
      if (outcomes.some((outcome) => outcome !== "enforced")) retry = setTimeout(look, retryMilliseconds);
    }
    running = undefined;
  };
  const look = (): void => {
    changed = true;
    if (!ended) running ??= pass();
  };

  const caches = watchAll(config, look);
  const { policies, namespaces, pods } = await caches;
  look();
  return {
    whenApplied: () =>
      new Promise((resolve, reject) => {
        if (ended) return reject(stopped());
        waiting.push({ resolve, reject });
        look();
      }),
    stop: async () => {
      ended = true;
      await Promise.all([policies, namespaces, pods].map((cache) => cache.stop()));
      await running;
      clearTimeout(retry);
      for (const { reject } of waiting) reject(stopped());
      await Promise.all(states.map((state) => state.remove()));
    },
  };
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

const stopped = (): Error => new Error("the policy enforcer was stopped");

async function watchAll(config: KubeConfig, look: () => void): Promise<Caches> {
  const core = config.makeApiClient(CoreV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const [policies, namespaces, pods] = await Promise.all([
    watched(
      config,
      "/apis/networking.k8s.io/v1/networkpolicies",
      () => networking.listNetworkPolicyForAllNamespaces(),
      look,
    ),
    watched(config, "/api/v1/namespaces", () => core.listNamespace(), look),
    watched(config, "/api/v1/pods", () => core.listPodForAllNamespaces(), look),
  ]);
  return { policies, namespaces, pods };
}

/** A node is absent while its namespace is not there, as in a lost zone: no packet passes it then. */
type Outcome = "enforced" | "absent" | "failed";

/** Gives every node the rules that it should have. */
async function enforce(
  caches: Caches,
  states: readonly NodeState[],
  log: (line: string) => void,
): Promise<readonly Outcome[]> {
  try {
    const policies = caches.policies.list();
    const pods = networkedPods(caches.pods.list(), caches.namespaces.list());
    return await Promise.all(states.map((state) => state.enforce(ruleset(policies, pods, state.node.name))));
  } catch (thrown) {
    log(`policies: ${reasonOf(thrown)}; trying again`);
    return ["failed"];
  }
}

/** What one node's kernel has been told. */
class NodeState {
  private loaded: { readonly rules: string; readonly into: string } | undefined;
  private failure: string | undefined;

  constructor(
    readonly node: NodeNetwork,
    private readonly log: (line: string) => void,
  ) {}

  /** Loads the rules where the node does not have them. */
  async enforce(rules: string): Promise<Outcome> {
    try {
      const into = await identityOf(this.node);
      if (into === undefined) return "absent";
      if (this.loaded?.rules !== rules || this.loaded.into !== into) {
        await load(this.node, rules);
        this.loaded = { rules, into };
      }
      this.failure = undefined;
      return "enforced";
    } catch (thrown) {
      const reason = reasonOf(thrown);
      if (this.failure !== reason) this.log(`policies: ${this.node.name}: ${reason}; trying again`);
      this.failure = reason;
      return "failed";
    }
  }

  async remove(): Promise<void> {
    if (this.loaded === undefined) return;
    try {
      // A namespace that is gone took its rules along.
      if ((await identityOf(this.node)) === this.loaded.into) await load(this.node, removal);
    } catch (thrown) {
      this.log(`policies: ${this.node.name}: the rules could not be removed: ${reasonOf(thrown)}`);
    }
  }
}
