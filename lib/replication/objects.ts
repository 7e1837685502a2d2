import { networkLabel, type KubeObject } from "../constructs/manifests";
import type { Replica, ReplicatedVolume } from "./model";

/** Who the objects are for, and where what is namespaced goes. */
export interface Target {
  readonly network: string;
  readonly namespace: string;
  /** The cluster whose objects are wanted. */
  readonly site: string;
}

/** An object of a network; without namespace where its kind has none. */
export function replicationObject(
  network: string,
  apiVersion: string,
  kind: string,
  metadata: Omit<KubeObject["metadata"], "labels">,
  rest: Readonly<Record<string, unknown>>,
): KubeObject {
  return { apiVersion, kind, metadata: { ...metadata, labels: labelsOf(network) }, ...rest };
}

export const labelsOf = (network: string): Readonly<Record<string, string>> => ({
  "app.kubernetes.io/part-of": network,
  [networkLabel]: network,
});

/** The machines of a volume in a cluster. */
export const replicasAt = ({ replicas }: ReplicatedVolume, site: string): readonly Replica[] =>
  replicas.filter((replica) => replica.site === site);
