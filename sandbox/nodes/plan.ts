/**
 * Names and addresses of a sandbox with real nodes: everything that it makes outside its state folder follows from its
 * id, its number of range and its zones, so that a later command finds all of it, whatever was made before a crash.
 */
import type { SandboxRecord } from "../state";

/** Where `ip netns` keeps network namespaces by name. */
export const netnsFolder = "/run/netns";

/** One zone's machine: a network namespace with one node. */
export interface ZonePlan {
  readonly zone: string;
  /** What the node's zone label says. */
  readonly label: string;
  /** The member of a federation that the node is in. */
  readonly cluster?: string;
  /** Name of the node in the cluster. */
  readonly node: string;
  /** Name of its network namespace, and the file of that. */
  readonly netns: string;
  readonly netnsFile: string;
  /** The bridge's end of its cable. */
  readonly cable: string;
  readonly address: string;
  /** Addresses of its pods. */
  readonly podRange: string;
  /** Its cgroup, as a path below each hierarchy. */
  readonly cgroup: string;
}

/** What a sandbox with real nodes is made of. */
export interface NodePlan {
  /** Short form of the sandbox's id, in all of its names. */
  readonly tag: string;
  /** Everything of this sandbox: its nodes and their pods. */
  readonly range: string;
  readonly bridge: string;
  /** Of the bridge in the machine's own network namespace; here the API server listens. */
  readonly hostAddress: string;
  readonly cgroup: string;
  readonly zones: readonly ZonePlan[];
}

/** The range of addresses with this number: 10.<number>.0.0/16. */
export const rangeOf = (number: number): string => `10.${number}.0.0/16`;

/** The plan that a record stands for; undefined for simulated nodes. */
export function planOf({ id, zones, range }: Pick<SandboxRecord, "id" | "zones" | "range">): NodePlan | undefined {
  if (range === undefined) return undefined;
  const tag = `ft-${id.slice(0, 8)}`;
  return {
    tag,
    range: rangeOf(range),
    // The names of interfaces are at most 15 characters long.
    bridge: tag,
    hostAddress: `10.${range}.0.1`,
    cgroup: tag,
    zones: zones.map(({ name, label, cluster }, index) => ({
      zone: name,
      label: label ?? name,
      ...(cluster === undefined ? {} : { cluster }),
      node: name,
      netns: `${tag}-${name}`,
      netnsFile: `${netnsFolder}/${tag}-${name}`,
      cable: `${tag}-${index + 1}`,
      address: `10.${range}.0.${index + 11}`,
      podRange: `10.${range}.${index + 1}.0/24`,
      cgroup: `${tag}/${name}`,
    })),
  };
}
