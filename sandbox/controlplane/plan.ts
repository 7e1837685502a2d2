/** Which clusters a sandbox runs: one, or a federation's. */
import * as path from "node:path";
import type { NodeIdentity } from "./credentials";
import { contextName } from "./kubeconfig";
import { planOf } from "../nodes/plan";
import { layout, type NodeKind, type SandboxRecord, type StateFolder, type ZoneSpec } from "../state";

/** One cluster of a sandbox. */
export interface ClusterPlan {
  /** Of its context, too. */
  readonly name: string;
  /** Which of the clusters it is, from 0. */
  readonly number: number;
  /** The part of a federation that it is; absent where it is the only one. */
  readonly role?: "host" | "member";
  /** Where its files are; logs are in the sandbox's own folder. */
  readonly folder: StateFolder;
  readonly nodes: NodeKind;
  /** Empty for a host, which runs nothing. */
  readonly zones: readonly ZoneSpec[];
  /** Of real nodes. */
  readonly identities: readonly NodeIdentity[];
  /** What its keys in the store begin with. */
  readonly prefix: string;
}

/** The clusters of a sandbox. */
export function clustersOf(root: string, record: SandboxRecord): ClusterPlan[] {
  const { federation, nodes, zones } = record;
  const identitiesOf = (own: readonly ZoneSpec[]): NodeIdentity[] =>
    (planOf(record)?.zones ?? []).filter(({ zone }) => own.some(({ name }) => name === zone));
  if (!federation) {
    const alone = { name: contextName, number: 0, folder: layout(root), nodes, zones, prefix: "/registry" };
    return [{ ...alone, identities: identitiesOf(zones) }];
  }
  return federation.clusters.map(({ name, role }, number) => {
    const own = zones.filter(({ cluster }) => cluster === name);
    const folder = clusterFolder(root, name);
    return {
      name,
      number,
      role,
      folder,
      nodes,
      zones: own,
      identities: identitiesOf(own),
      prefix: `/registry/${name}`,
    };
  });
}

/** The folder of one cluster of a federation. */
export const clusterFolder = (root: string, cluster: string): StateFolder =>
  layout(path.join(layout(root).clusters, cluster));

/** The name of one of a cluster's processes: with the cluster's, where there are several. */
export const processName = ({ name, role }: Pick<ClusterPlan, "name" | "role">, program: string): string =>
  role === undefined ? program : `${name}.${program}`;
