import type { Diff, ResourceChange } from "../../../lib/preview/diff/document";
import type { Model } from "./model";

/** What a diff has to say of a change, as somebody who knows Fabric and Kubernetes has judged it. */
export interface Expected {
  readonly verdict: Diff["verdict"];
  /** All of them, in their order: `<topic>: <sentence>`, with `!` behind the topic where it needs care. */
  readonly statements: readonly string[];
  /** Workloads whose pods become other pods: `<organisation>/<Kind>/<name>`. */
  readonly restarts: readonly string[];
  /**
   * Resources that are different: `<action> <Kind>/<organisation>/<name>`, with `*` for the hashes in the names of Jobs; or
   * how many of each action, where there are too many to be read.
   */
  readonly changes: readonly string[] | Readonly<Partial<Record<ResourceChange["action"], number>>>;
}

/** Why `pulumi up` would make nothing of it. */
export interface Refusal {
  /**
   * "documents": there is no such network, and no preview of it. "policies": a mandatory policy is broken. "cluster": what
   * stands there cannot become it.
   */
  readonly by: "documents" | "policies" | "cluster";
  /** Words of the reason. */
  readonly because: RegExp;
}

/** A realistic change of a network. */
export interface Change {
  /** In the words of whoever makes it. */
  readonly says: string;
  /** Changes that were made before it. */
  readonly after?: readonly string[];
  readonly edit: (model: Model) => void;
  /** Absent where it is made. */
  readonly refused?: Refusal;
}
