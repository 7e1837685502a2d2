import { objectKey, type KubeObject } from "../constructs/manifests";

/** An object of a site, by the member where it stands and its key there. */
export interface ObjectAt {
  readonly member: string;
  readonly key: string;
}

/** A value that is known only when another object stands, such as a token that a member's API server gives out. */
export interface Taken {
  /** Keys in the object that takes it. */
  readonly path: readonly [string, ...string[]];
  /** {@link appliedId} of the object that has it. */
  readonly from: string;
  /** Keys in that object. */
  readonly at: readonly [string, ...string[]];
}

/** An object that is applied to a cluster: a member, or the federation's host. */
export interface Applied {
  /** Name of the member or of the host. */
  readonly cluster: string;
  readonly object: KubeObject;
  /** Which objects of sites come about by it. One on its own cluster is that object itself. */
  readonly brings: readonly ObjectAt[];
  /** {@link appliedId}s of what the engine needs to have before. */
  readonly after: readonly string[];
  /**
   * It is about the federation, not about one network: it is nobody's in particular, and stays when the network goes.
   */
  readonly common?: true;
  readonly takes?: readonly Taken[];
}

/** `<cluster>:<Kind>/<namespace>/<name>`, also the name of its Pulumi resource. */
export function appliedId({ cluster, object }: Pick<Applied, "cluster" | "object">): string {
  return `${cluster}:${objectKey(object)}`;
}

/** How an engine reaches a member. */
export interface Member {
  /** The site's name. */
  readonly name: string;
  /** Address of its API server, `https://…`, as the host reaches it. */
  readonly endpoint: string;
  /** Certificates of the API server's authority: PEM in base64. */
  readonly authority: string;
  /** The cloud, as the settings name it. */
  readonly provider?: string;
  readonly region?: string;
  readonly zones?: readonly string[];
}

/** What is the same for all objects of one federation. */
export interface Federation {
  /** Name of the host: of the cluster, or of the control plane, that takes objects to the members. */
  readonly host: string;
  /** Name of the network whose objects these are. */
  readonly network: string;
  readonly members: readonly Member[];
}
