/** What tests on a real control plane have in common. */
import { randomBytes } from "node:crypto";
import {
  ApiException,
  CoreV1Api,
  type KubeConfig,
  type KubernetesObject,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import { loadConfig } from "../../../sandbox/controlplane/client";
import { until } from "../../../sandbox/controlplane/readiness";
import { type Sandbox, startSandbox } from "../../../sandbox/sandbox";
import { zoneLabel } from "../../../sandbox/simulation/labels";
import { isPodReady } from "../../../sandbox/simulation/zones";
import { call, collectionPath, type Reply } from "./request";
import { sharedStateFolder } from "./shared";

/** A sandbox and a client configuration for it. */
export interface Cluster {
  readonly sandbox: Sandbox;
  readonly config: KubeConfig;
}

/** The client configuration of a sandbox. */
export const clusterOf = (sandbox: Sandbox): Cluster => ({ sandbox, config: loadConfig(sandbox.kubeconfig) });

/**
 * The sandbox that the whole run shares: started by the first test that asks, ended when the run ends, also when it is
 * killed. A test that loses a zone must restore it; one that makes objects does so in a namespace of its own.
 */
export async function sharedSandbox(): Promise<Cluster> {
  return clusterOf(await startSandbox({ dir: sharedStateFolder(), owner: process.pid }));
}

/** Waits, at most `seconds` (60), until `condition` holds. */
export const eventually = (what: string, condition: () => boolean | Promise<boolean>, seconds = 60): Promise<void> =>
  until(what, condition, { seconds });

/** Makes a namespace with a name of its own. Remove it with {@link deleteNamespace}, or leave it to the sandbox's end. */
export async function createNamespace(
  config: KubeConfig,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const core = config.makeApiClient(CoreV1Api);
  const name = `test-${randomBytes(4).toString("hex")}`;
  await core.createNamespace({ body: { metadata: { name, labels: { ...labels } } } });
  // The API server refuses pods until the namespace's service account is there.
  await eventually(`service account of ${name}`, () =>
    found(() => core.readNamespacedServiceAccount({ namespace: name, name: "default" })),
  );
  return name;
}

export async function deleteNamespace(config: KubeConfig, name: string): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  await core.deleteNamespace({ name });
  await eventually(`${name} is gone`, async () => !(await found(() => core.readNamespace({ name }))));
}

/** Whether a read finds its object. Errors: any but "not found". */
export async function found(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (thrown) {
    if (thrown instanceof ApiException && thrown.code === 404) return false;
    throw thrown;
  }
}

/** Where a pod is and how it is. */
export interface PlacedPod {
  readonly namespace: string;
  readonly name: string;
  /** Undefined while it is not scheduled. */
  readonly node?: string;
  readonly zone?: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly pod: V1Pod;
}

/** The pods of a namespace, or of all, with the zone that each is in, sorted by namespace and name. */
export async function listPods(
  config: KubeConfig,
  where: { readonly namespace?: string; readonly labelSelector?: string } = {},
): Promise<PlacedPod[]> {
  const core = config.makeApiClient(CoreV1Api);
  const { namespace, ...rest } = where;
  const [{ items: pods }, { items: nodes }] = await Promise.all([
    namespace === undefined ? core.listPodForAllNamespaces(rest) : core.listNamespacedPod({ namespace, ...rest }),
    core.listNode(),
  ]);
  const zones = new Map(nodes.map((node: V1Node) => [node.metadata?.name, node.metadata?.labels?.[zoneLabel]]));
  return pods
    .map((pod) => {
      const node = pod.spec?.nodeName;
      const zone = zones.get(node);
      return {
        namespace: pod.metadata?.namespace ?? "",
        name: pod.metadata?.name ?? "",
        ...(node === undefined ? {} : { node }),
        ...(zone === undefined ? {} : { zone }),
        phase: pod.status?.phase ?? "",
        ready: isPodReady(pod),
        pod,
      };
    })
    .sort((one, other) => `${one.namespace}/${one.name}`.localeCompare(`${other.namespace}/${other.name}`));
}

/** What the API server answers to an eviction: 201 allowed, 429 refused by a PodDisruptionBudget. */
export function evict(config: KubeConfig, namespace: string, name: string): Promise<Reply> {
  return call(config, "POST", `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { namespace, name },
  });
}

/**
 * Asks the API server to check an object as if it were created: admission, strict field validation, and the warnings
 * that `kubectl` would print. Its namespace must exist. Nothing is made.
 */
export async function dryRunCreate(config: KubeConfig, object: KubernetesObject): Promise<Reply> {
  const path = await collectionPath(config, object);
  return call(config, "POST", `${path}?dryRun=All&fieldValidation=Strict&fieldManager=test`, object);
}

/**
 * Makes an object as it stands: the typed client would leave out what its types call otherwise, such as the `from` of a
 * NetworkPolicy's rules.
 */
export async function create(config: KubeConfig, object: KubernetesObject): Promise<void> {
  const { code, message } = await call(config, "POST", await collectionPath(config, object), object);
  if (code !== 201) throw new Error(`${code} ${message}`);
}
