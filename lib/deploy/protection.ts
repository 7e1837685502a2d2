import type { CustomResourceOptions } from "@pulumi/pulumi";
import { dormantLabel, type KubeObject } from "../constructs/manifests";
import { fieldAt } from "./fields";
import { withoutUnsaid } from "./unsaid";

/**
 * Nothing that holds a ledger can be lost by a change, a replacement or a destroy: the whole mechanism, and why it is
 * this one. `docs/decisions/protecting-ledgers.md` tells it in prose; tests/cluster prove each line.
 */

/**
 * The one name under which Pulumi applies our objects (Kubernetes: field manager). Left alone, Pulumi makes up a random
 * one per object, and the retry after a killed run then conflicts with what the killed run wrote.
 */
export const fieldManager = "fabric-topologies";

/**
 * Kinds that stay in the cluster when they leave the program or the stack is destroyed. A claim names a ledger's
 * volume; deleting a namespace deletes its claims, also those that an earlier run kept; a volume cannot go while its
 * claim stays. A later `up` takes all of them back under the same names.
 */
const retained: ReadonlySet<string> = new Set(["Namespace", "PersistentVolume", "PersistentVolumeClaim"]);

/** Whether an object stays in the cluster when the stack is destroyed. */
function isRetained({ kind }: Pick<KubeObject, "kind">): boolean {
  return retained.has(kind);
}

/**
 * Fields of a claim that cannot change while it exists. The preflight refuses such a change with a reason; should it be
 * passed over, Pulumi must not plan a replacement, which for a retained object wedges the stack.
 */
const fixedFields: Readonly<Record<string, string[]>> = {
  PersistentVolumeClaim: ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
};

/** An object, as far as its protection goes. */
type Protected = Pick<KubeObject, "kind"> & { readonly metadata?: Pick<KubeObject["metadata"], "labels"> };

/**
 * How many pods a dormant ordering node has is for a restore to say: a run meanwhile would stop a network that was saved.
 */
const scaledByRestore = ({ kind, metadata }: Protected): boolean =>
  kind === "StatefulSet" && metadata?.labels[dormantLabel] !== undefined;

/** An object with what Pulumi leaves to others as the cluster has it, so that trying it out finds no dispute about that. */
export function asLeft(object: KubeObject, live: Readonly<Record<string, unknown>> | undefined): KubeObject {
  const replicas = scaledByRestore(object) ? fieldAt(live, ["spec", "replicas"]) : undefined;
  if (typeof replicas !== "number") return object;
  return { ...object, spec: { ...(object["spec"] as object), replicas } };
}

/** Pulumi's options that protect an object; nothing for an object that needs none. */
export function protection(object: Protected): Pick<CustomResourceOptions, "retainOnDelete" | "ignoreChanges"> {
  const ignoreChanges = scaledByRestore(object) ? ["spec.replicas"] : fixedFields[object.kind];
  return {
    ...(isRetained(object) ? { retainOnDelete: true } : {}),
    ...(ignoreChanges === undefined ? {} : { ignoreChanges }),
  };
}

/**
 * Kinds that Pulumi would wait for in a way that never ends. A claim of a class that binds at first use is "ready" to
 * Pulumi only while it is unbound, so a claim that is taken back bound would hang for ten minutes. A Service waits for
 * pods that are ready, while those may wait for the Service; the StatefulSet behind it is awaited anyway.
 */
const notAwaited: ReadonlySet<string> = new Set(["PersistentVolumeClaim", "Service"]);

/**
 * Kinds that are made anew by the next run where they have not come to their good end: a Job that failed stays failed, and
 * without this every later run would find it so and give up. What our Jobs do may be done again.
 */
const remadeUntilDone: ReadonlySet<string> = new Set(["Job"]);

/** Names the stack that runs an object, `<project>/<stack>`: a second one of the same network must not take it over. */
export const stackAnnotation = "fabric-topologies.dev/stack";

/**
 * The object as it is applied: with the annotations by which Pulumi's Kubernetes provider is told how, and by which other
 * stacks are told whose it is.
 *
 * @param stack `<project>/<stack>`
 */
export function asApplied(object: KubeObject, stack?: string): KubeObject {
  const annotations = {
    ...(stack === undefined ? {} : { [stackAnnotation]: stack }),
    "pulumi.com/patchFieldManager": fieldManager,
    ...(notAwaited.has(object.kind) ? { "pulumi.com/skipAwait": "true" } : {}),
    ...(remadeUntilDone.has(object.kind) ? { "pulumi.com/replaceUnready": "true" } : {}),
    ...object.metadata.annotations,
  };
  return withoutUnsaid({ ...object, metadata: { ...object.metadata, annotations } });
}
