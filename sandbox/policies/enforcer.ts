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
const checkMilliseconds = 1_000;

/** Runs inside the daemon for as long as the nodes do. */
export interface PolicyEnforcer {
  /** Ends, and lets every packet through again. */
  stop(): Promise<void>;
  /** Once what the watches had told by now is in force on every node that is there. Errors: stopped before that. */
  whenApplied(): Promise<void>;
}

interface Caches {
  readonly policies: Watched<V1NetworkPolicy>;
  readonly namespaces: Watched<V1Namespace>;
  readonly pods: Watched<V1Pod>;
}

/**
 * Starts the enforcer. It looks at everything whenever anything changes, and loads the rules of the nodes for which they
 * differ. A node that is not there, as in a lost zone, gets its rules within a second after it is back.
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
  let failed = false;
  let running: Promise<void> | undefined;

  const pass = async (): Promise<void> => {
    while (changed && !ended) {
      await delay(settleMilliseconds);
      changed = false;
      const served = waiting;
      waiting = [];
      failed = !(await enforce(await caches, states, log));
      if (failed) waiting.push(...served);
      else for (const { resolve } of served) resolve();
    }
    running = undefined;
  };
  const look = (): void => {
    changed = true;
    if (!ended) running ??= pass();
  };

  // Nobody tells that a node's namespace has been made anew.
  const check = async (): Promise<void> => {
    const moved = await Promise.all(states.map((state) => state.hasMoved()));
    if (failed || moved.includes(true)) look();
  };

  const caches = watchAll(config, look);
  const { policies, namespaces, pods } = await caches;
  look();
  const checks = setInterval(() => void check(), checkMilliseconds);
  return {
    whenApplied: () =>
      new Promise((resolve, reject) => {
        if (ended) return reject(stopped());
        waiting.push({ resolve, reject });
        look();
      }),
    stop: async () => {
      ended = true;
      clearInterval(checks);
      await Promise.all([policies, namespaces, pods].map((cache) => cache.stop()));
      await running;
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

/** Gives every node the rules that it should have; whether they all have them now. */
async function enforce(caches: Caches, states: readonly NodeState[], log: (line: string) => void): Promise<boolean> {
  try {
    const policies = caches.policies.list();
    const pods = networkedPods(caches.pods.list(), caches.namespaces.list());
    const done = await Promise.all(states.map((state) => state.enforce(ruleset(policies, pods, state.node.name))));
    return done.every(Boolean);
  } catch (thrown) {
    log(`policies: ${reasonOf(thrown)}; trying again`);
    return false;
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

  /**
   * Loads the rules where the node does not have them; whether it has them now. A node whose namespace is not there, as
   * in a lost zone, lacks none: no packet passes it.
   */
  async enforce(rules: string): Promise<boolean> {
    try {
      const into = await identityOf(this.node);
      if (into === undefined) return true;
      if (this.loaded?.rules !== rules || this.loaded.into !== into) {
        await load(this.node, rules);
        this.loaded = { rules, into };
      }
      this.failure = undefined;
      return true;
    } catch (thrown) {
      const reason = reasonOf(thrown);
      if (this.failure !== reason) this.log(`policies: ${this.node.name}: ${reason}; trying again`);
      this.failure = reason;
      return false;
    }
  }

  /** Whether the node's namespace is another than the one that got the rules. */
  async hasMoved(): Promise<boolean> {
    const now = await identityOf(this.node).catch(() => undefined);
    return now !== undefined && now !== this.loaded?.into;
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
