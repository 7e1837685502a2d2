/** Informers that keep going: a local copy of one kind of object, and a call whenever it changes. */
import {
  type Informer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  type ObjectCache,
} from "@kubernetes/client-node";

const retryMilliseconds = 500;

/** A watched kind. */
export interface Watched<T extends KubernetesObject> {
  /** What is known at this moment. */
  list(): readonly T[];
  stop(): Promise<void>;
}

/**
 * Watches all objects under an API path. The client's own informer ends when its connection breaks; this one starts
 * again until it is stopped.
 */
export async function watched<T extends KubernetesObject>(
  config: KubeConfig,
  apiPath: string,
  list: () => Promise<KubernetesListObject<T>>,
  changed: () => void,
): Promise<Watched<T>> {
  const informer: Informer<T> & ObjectCache<T> = makeInformer(config, apiPath, list);
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;
  const again = (): void => {
    if (stopped) return;
    clearTimeout(retry);
    retry = setTimeout(() => {
      informer.start().catch(again);
    }, retryMilliseconds);
  };
  informer.on("error", again);
  informer.on("change", changed);
  informer.on("delete", changed);
  await informer.start().catch(again);
  return {
    list: () => informer.list(),
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      await informer.stop();
    },
  };
}
