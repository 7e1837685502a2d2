/** Gives Services of type LoadBalancer their addresses, as a cloud does. */
import {
  ApiException,
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Node,
  type V1Service,
} from "@kubernetes/client-node";
import { reasonOf } from "../errors";
import { watched } from "../volumes/watched";
import { allocate, isGiven } from "./allocation";

const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const retryMilliseconds = 1_000;

/** Runs inside the daemon for as long as the sandbox does. */
export interface Balancer {
  stop(): Promise<void>;
}

/** Starts it for one cluster; it looks at all Services whenever anything changes. */
export async function startBalancer(config: KubeConfig, log: (line: string) => void): Promise<Balancer> {
  const core = config.makeApiClient(CoreV1Api);
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;

  const pass = async (): Promise<void> => {
    if (stopped) return;
    const [services, nodes] = await caches;
    for (const one of allocate(services.list(), nodes.list()))
      if (!isGiven(one)) await give(one.service, one.addresses);
  };
  const give = async ({ metadata }: V1Service, addresses: readonly string[]): Promise<void> => {
    const [name, namespace] = [metadata?.name ?? "", metadata?.namespace ?? ""];
    const body = { status: { loadBalancer: { ingress: addresses.map((ip) => ({ ip })) } } };
    await core.patchNamespacedServiceStatus({ name, namespace, body }, mergePatch).catch((thrown: unknown) => {
      if (!(thrown instanceof ApiException && thrown.code === 404)) throw thrown;
    });
    log(`balancer: ${namespace}/${name} at ${addresses.join(", ") || "no address: its port is taken"}`);
  };
  const look = (): void => {
    running = running.then(pass).catch((thrown: unknown) => {
      log(`balancer: ${reasonOf(thrown)}; trying again`);
      clearTimeout(retry);
      if (!stopped) retry = setTimeout(look, retryMilliseconds);
    });
  };

  const caches = Promise.all([
    watched<V1Service>(config, "/api/v1/services", () => core.listServiceForAllNamespaces(), look),
    watched<V1Node>(config, "/api/v1/nodes", () => core.listNode(), look),
  ]);
  const watches = await caches;
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      await Promise.all(watches.map((watch) => watch.stop()));
      await running;
    },
  };
}
