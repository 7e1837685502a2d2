/**
 * Runs the client's commands in a pod of the network: the pod is made where it is missing. Imported where it is used: the
 * Kubernetes client takes a second to load.
 */
import { CoreV1Api, type KubeConfig, Watch, type V1Pod } from "@kubernetes/client-node";
import { clientContainer, clientFiles, clientPod } from "../../lib/constructs/client-pod";
import type { KubeObject } from "../../lib/constructs/manifests";
import { sitesAbroad } from "../../lib/fabric/border";
import { readKubeconfig } from "../../lib/deploy/kubeconfig";
import type { Site } from "../../lib/spec/settings";
import { CommandError } from "../errors";
import { execute, type Streams } from "./exec";
import type { ClientPlace } from "./place";
import { atSite, siteError } from "./refusals";

/** Options of every command in it. */
const files = ["--model", clientFiles.model, "--identity", clientFiles.identity];
/** Seconds that a client pod may take to enrol and start. */
const startSeconds = 120;
/** Seconds within which an API server answers. */
const answerSeconds = 5;

/** A client pod that is ready to run commands. */
export interface ClientPod {
  /**
   * Runs one client command (`agent client …`); gives its exit code. Lines go to the streams as they come.
   * @param stop Ends its standard input, which is how a command in another machine is told to end.
   */
  run(args: readonly string[], streams: Streams, stop?: AbortSignal): Promise<number>;
}

/**
 * The client pod of a place, made and waited for where it is missing.
 * @throws CommandError where the cluster does not answer, has no such network, or does not let us
 */
export async function openClientPod({ plan, organisation, site, zone, through }: ClientPlace): Promise<ClientPod> {
  const config = await reachableConfig(site);
  const abroad = sitesAbroad(plan.consortium, organisation.name, site.name);
  const wanted = clientPod(plan.network, organisation, site, zone, abroad);
  const { name, namespace = "" } = wanted.metadata;
  await atSite(site.name, () => ensureRunning(config, wanted, name, namespace));
  return {
    run: ([command = "", ...args], streams, stop) => {
      const dialled = through === undefined ? [] : ["--through", through];
      const words = ["agent", "client", command, ...files, ...dialled, ...args];
      const container = { config, namespace, pod: name, container: clientContainer };
      return atSite(site.name, () => execute(container, words, streams, stop));
    },
  };
}

/** The kubeconfig of a site whose cluster answers and knows us. */
async function reachableConfig(site: Site): Promise<KubeConfig> {
  const { reach } = await import("../../lib/deploy/reach");
  const reached = await reach(site, answerSeconds * 1000);
  if ("found" in reached) throw siteError(site.name, reached);
  reached.api.close();
  const config = readKubeconfig(site);
  if ("found" in config) throw siteError(site.name, config);
  return config;
}

async function ensureRunning(config: KubeConfig, wanted: KubeObject, name: string, namespace: string): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const existing = await core.readNamespacedPod({ name, namespace }).catch(notFound);
  if (existing !== undefined && isOver(existing)) {
    await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
    await podThat(config, namespace, name, (pod) => pod === undefined);
  }
  if (existing === undefined || isOver(existing)) {
    // Of several commands that start together one makes it.
    await core.createNamespacedPod({ namespace, body: wanted }).catch(already);
  }
  await podThat(config, namespace, name, (pod) => pod !== undefined && isRunning(pod));
}

/** Waits for a pod's state by watching, as long as a client may take to start. */
async function podThat(
  config: KubeConfig,
  namespace: string,
  name: string,
  isSo: (pod: V1Pod | undefined) => boolean,
): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const first = await core.readNamespacedPod({ name, namespace }).catch(notFound);
  if (isSo(first)) return;
  let last = first;
  const controller = await new Promise<AbortController>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new CommandError(
          `the pod ${namespace}/${name} is not ready: ${stateOf(last)}`,
          `see \`kubectl -n ${namespace} describe pod ${name}\``,
        ),
      );
    }, startSeconds * 1000);
    const started = new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/pods`,
      { fieldSelector: `metadata.name=${name}` },
      (type, pod: V1Pod) => {
        last = type === "DELETED" ? undefined : pod;
        if (!isSo(last)) return;
        clearTimeout(timer);
        void started.then(resolve, reject);
      },
      (error: unknown) => {
        clearTimeout(timer);
        if (error instanceof Error) reject(error);
      },
    );
    started.catch(reject);
  });
  controller.abort();
}

const isRunning = ({ status }: V1Pod): boolean =>
  status?.phase === "Running" && status.containerStatuses?.every(({ ready }) => ready) === true;

const isOver = ({ status, metadata }: V1Pod): boolean =>
  metadata?.deletionTimestamp !== undefined || status?.phase === "Succeeded" || status?.phase === "Failed";

function stateOf(pod: V1Pod | undefined): string {
  if (pod === undefined) return "it does not exist";
  const waiting = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    .map(
      ({ name, state }) => state?.waiting?.reason && `${name} ${state.waiting.reason} ${state.waiting.message ?? ""}`,
    )
    .find((text) => text);
  return waiting ?? pod.status?.phase ?? "unknown";
}

const notFound = (error: unknown) => unlessCode(404, error);
const already = (error: unknown) => unlessCode(409, error);

function unlessCode(code: number, error: unknown): undefined {
  if ((error as { code?: number }).code === code) return undefined;
  throw error;
}
