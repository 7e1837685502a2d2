import type { KubeObject } from "../constructs/manifests";
import { claimChanges, type Growth } from "./claims";
import type { ObjectFinding } from "./findings";
import { fixedFieldChanges } from "./fixed-fields";
import type { LiveObject } from "./live";

/** Changes of an object that must not be made while it stands, or cannot be. */
export function refusedChanges(desired: KubeObject, live: LiveObject, growth: Growth): ObjectFinding[] {
  return desired.kind === "PersistentVolumeClaim"
    ? claimChanges(desired, live, growth)
    : fixedFieldChanges(desired, live);
}
