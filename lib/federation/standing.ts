import { objectKey, type KubeObject } from "../constructs/manifests";
import { fieldAt, stands } from "../deploy/fields";
import { withoutUnsaid } from "../deploy/unsaid";

/** An object as an API server keeps it; what is not asked of it is left open. */
export interface LiveForm {
  readonly metadata: {
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** How an object stands on a member, by the member's own word. */
export interface Standing {
  readonly state: "as wanted" | "missing" | "leaving" | "different" | "not rolled out" | "failed";
  /** What is not as wanted; empty where all is. */
  readonly detail: string;
}

/**
 * Whether an object stands on a member as it is wanted there, and whether what it runs has come up.
 *
 * @param live as the member has it; undefined where it has none
 * @param applied what the member's API server says the object would be, were the wanted one applied: without it, another way
 *   to write the same value counts as a difference
 */
export function standing(wanted: KubeObject, live: LiveForm | undefined, applied?: LiveForm): Standing {
  if (live === undefined) return { state: "missing", detail: `no ${objectKey(wanted)}` };
  const { deletionTimestamp } = live.metadata;
  if (deletionTimestamp !== undefined) {
    return { state: "leaving", detail: `${objectKey(wanted)} is being deleted since ${deletionTimestamp}` };
  }
  // What says nothing is not kept by an API server: an empty list of what may come in is no list.
  const different = differences(withoutUnsaid(wanted), live, applied);
  if (different.length > 0) {
    return { state: "different", detail: `${objectKey(wanted)} has another ${different.slice(0, 3).join(", ")}` };
  }
  return rollOut(wanted, live);
}

/** Fields that differ, outermost names. */
function differences(wanted: KubeObject, live: LiveForm, applied: LiveForm | undefined): string[] {
  const { metadata, ...fields } = wanted;
  const marks = (["labels", "annotations"] as const).flatMap((of) =>
    Object.entries(metadata[of] ?? {}).flatMap(([key, value]) =>
      live.metadata[of]?.[key] === value || isInstruction(key) ? [] : `metadata.${of}.${key}`,
    ),
  );
  const others = Object.entries(fields).flatMap(([field, value]) => {
    const [have, would] = [live[field], applied?.[field]];
    const same = would === undefined ? stands(value, have) : stands(would, have) && stands(have, would);
    return same && !hasMore(value, have, field) ? [] : [field];
  });
  return [...marks, ...others.filter((field) => !unread.has(field))];
}

/** Annotations that tell Pulumi how to apply an object: about the object that it applies, which may be another one. */
const isInstruction = (key: string): boolean => key.startsWith("pulumi.com/");

/** What names the object was looked for by, and what the API server takes but does not keep. */
const unread: ReadonlySet<string> = new Set(["apiVersion", "kind", "stringData"]);

/** Maps that are whole: a key more means something else. */
const whole: ReadonlySet<string> = new Set(["binaryData", "data", "matchLabels", "nodeSelector", "selector"]);

/** Whether a live value has more than is wanted where all counts: keys of such maps, items of lists. */
function hasMore(wanted: unknown, live: unknown, field: string): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) return true;
    return wanted.some((item, index) => hasMore(item, live[index], ""));
  }
  if (typeof wanted !== "object" || wanted === null) return false;
  const more = typeof live === "object" && live !== null ? Object.keys(live).filter((key) => !(key in wanted)) : [];
  // The selector of a Job is made by the API server; the one of a Service or Deployment is ours.
  if (whole.has(field) && more.length > 0) return true;
  return Object.entries(wanted).some(([key, value]) => hasMore(value, fieldAt(live, [key]), key));
}

const number = (live: LiveForm, ...path: readonly string[]): number => {
  const value = fieldAt(live, path);
  return typeof value === "number" ? value : 0;
};

/** Whether what an object runs has come up: its controller has seen its last change, and its pods are ready. */
function rollOut(wanted: KubeObject, live: LiveForm): Standing {
  const { kind } = wanted;
  const waiting = (detail: string): Standing => ({
    state: "not rolled out",
    detail: `${objectKey(wanted)}: ${detail}`,
  });
  const well: Standing = { state: "as wanted", detail: "" };
  const condition = (type: string): boolean => {
    const conditions = fieldAt(live, ["status", "conditions"]);
    return (
      Array.isArray(conditions) &&
      conditions.some((one) => fieldAt(one, ["type"]) === type && fieldAt(one, ["status"]) === "True")
    );
  };
  if (kind === "Job") {
    if (condition("Failed")) return { state: "failed", detail: `${objectKey(wanted)} has failed` };
    return condition("Complete") ? well : waiting("not done yet");
  }
  if (kind === "CustomResourceDefinition") return condition("Established") ? well : waiting("not established yet");
  if (kind !== "StatefulSet" && kind !== "Deployment") return well;
  const generation = live.metadata.generation ?? 0;
  const seen = number(live, "status", "observedGeneration");
  if (seen < generation) return waiting(`its controller has seen generation ${seen}, not ${generation}`);
  const replicas = fieldAt(live, ["spec", "replicas"]) === undefined ? 1 : number(live, "spec", "replicas");
  const updated = number(live, "status", "updatedReplicas");
  if (updated < replicas) return waiting(`${updated} of ${replicas} pods are of its last change`);
  const ready = number(live, "status", kind === "StatefulSet" ? "readyReplicas" : "availableReplicas");
  if (ready < replicas) return waiting(`${ready} of ${replicas} pods are ready`);
  const all = number(live, "status", "replicas");
  return all > replicas ? waiting(`${all - replicas} pods too many`) : well;
}
