import { getStack, runtime } from "@pulumi/pulumi";
import { fieldAt } from "./fields";

/** An object that Pulumi's state holds, as it was when the engine last saw it. */
export interface RecordedObject {
  /** The site under whose name it is recorded; the settings may no longer have it. */
  readonly site: string;
  /** `<Kind>/<namespace>/<name>`, or `<Kind>/<name>`. */
  readonly key: string;
  /** The cluster's own identity of the object. */
  readonly uid?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Pods of a StatefulSet. */
  readonly replicas?: number;
}

/**
 * What Pulumi's state holds of all sites. An engine that is asked nothing else believes its state: in a cluster that was
 * made anew, or where somebody deleted objects, it reports "unchanged" and makes nothing.
 *
 * Reads the stack's own last checkpoint through the engine; empty where there is none, and where nothing answers as an
 * engine does (recorded previews).
 */
export async function recordedObjects(): Promise<readonly RecordedObject[]> {
  const stackName = getStack();
  const answer: unknown = await runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const outputs = (answer as { outputs?: Readonly<Record<string, unknown>> } | undefined)?.outputs ?? {};
  return Object.entries(outputs).flatMap(([urn, resource]) => {
    const identity = identityOf(urn);
    // What the resource is stands one level deeper than the SDK's types of this call let expect.
    return identity === undefined ? [] : [{ ...identity, ...detailsOf(fieldAt(resource, ["outputs"])) }];
  });
}

/** Site and key in `urn:pulumi:<stack>::<project>::<types>$kubernetes:…::<site>:<key>`; undefined for other resources. */
export function identityOf(urn: string): Pick<RecordedObject, "site" | "key"> | undefined {
  const [, , types = "", ...name] = urn.split("::");
  const full = name.join("::");
  const colon = full.indexOf(":");
  if (!/\$kubernetes:[^$]*$/.test(types) || colon < 1) return undefined;
  return { site: full.slice(0, colon), key: full.slice(colon + 1) };
}

function detailsOf(object: unknown): Pick<RecordedObject, "uid" | "labels" | "replicas"> {
  const uid = fieldAt(object, ["metadata", "uid"]);
  const replicas = fieldAt(object, ["spec", "replicas"]);
  const labels = fieldAt(object, ["metadata", "labels"]);
  return {
    ...(typeof uid === "string" ? { uid } : {}),
    ...(typeof replicas === "number" ? { replicas } : {}),
    labels: typeof labels === "object" && labels !== null ? (labels as Readonly<Record<string, string>>) : {},
  };
}
