import { labelKeys } from "../constructs/labels";
import type { KubeObject } from "../constructs/manifests";
import { bytes, fieldAt, shown, stands } from "./fields";
import type { ObjectFinding } from "./findings";
import type { LiveObject } from "./live";

const zoneLabel = "topology.kubernetes.io/zone";
const sizePath = ["spec", "resources", "requests", "storage"];

/** Whether volumes of a StorageClass can grow; undefined where the class is not in the cluster. */
export type Growth = (storageClass: string) => boolean | undefined;

/**
 * What a change of a claim would do to the ledger on its volume. A volume stays where it was made, keeps its class and
 * its way of access, and never shrinks (Kubernetes: "Persistent Volumes", resizing).
 */
export function claimChanges(desired: KubeObject, live: LiveObject, growth: Growth): ObjectFinding[] {
  const { name } = desired.metadata;
  const findings: ObjectFinding[] = [];
  const zone = (object: { metadata: { labels?: Readonly<Record<string, string>> } }) =>
    object.metadata.labels?.[zoneLabel];
  const [from, to] = [zone(live), zone(desired)];
  const keys = holdsKeys(desired.metadata);
  const newNode = keys
    ? "keep it: it holds the keys of the organisation's authorities, which nobody else has"
    : "keep it, or add a node with its own volume: it copies the ledger from its peers, then remove the old one";
  if (from !== undefined && to !== undefined && from !== to) {
    const node = nodeOf(desired);
    findings.push({
      found: `a volume in ${from} that would have to be in ${to}`,
      allowed: `${from}: a volume does not move between zones`,
      fix: `keep the node there: \`pods: [${node}]\` at ${from} in the settings' \`zones\`; if a new organisation has moved it, move new organisations to the end of the file.${keys ? "" : ` To have one in ${to}, add a node: it copies the ledger from its peers`}`,
    });
  }
  for (const field of ["storageClassName", "accessModes", "volumeMode", "volumeName", "selector"]) {
    const [want, have] = [fieldAt(desired, ["spec", field]), fieldAt(live, ["spec", field])];
    if (want === undefined || stands(want, have)) continue;
    // An unbound claim may still be given its volume.
    if (field === "volumeName" && have === undefined) continue;
    findings.push({
      found: `spec.${field} ${shown(have)}, to become ${shown(want)}`,
      allowed: `${shown(have)}: it is fixed when the claim ${name} is made`,
      fix: newNode,
    });
  }

  const [want, have] = [fieldAt(desired, sizePath), fieldAt(live, sizePath)];
  if (bytes(want) < bytes(have)) {
    findings.push({
      found: `${shown(have)} of storage, to become ${shown(want)}`,
      allowed: `${shown(have)} or more: a volume does not shrink`,
      fix: `set the storage to ${shown(have)} again`,
    });
  } else if (bytes(want) > bytes(have)) {
    if (fieldAt(live, ["status", "phase"]) === "Pending") {
      findings.push({
        found: `${shown(have)} of storage, to become ${shown(want)}, and no volume yet`,
        allowed: `${shown(have)} until the claim has its volume`,
        fix: `set the storage to ${shown(have)} until its pod has started; or delete the claim, which holds nothing yet`,
      });
      return findings;
    }
    const named = fieldAt(live, ["spec", "storageClassName"]);
    const storageClass = typeof named === "string" ? named : "";
    const grows = growth(storageClass);
    if (grows !== true) {
      const why =
        grows === undefined
          ? `its StorageClass ${JSON.stringify(storageClass)} is not in the cluster`
          : `its StorageClass ${storageClass} does not allow volumes to grow (allowVolumeExpansion)`;
      findings.push({
        found: `${shown(have)} of storage, to become ${shown(want)}, and ${why}`,
        allowed: `${shown(have)}, or a class with allowVolumeExpansion: true`,
        fix:
          grows === undefined
            ? `set the storage to ${shown(have)} again`
            : `set the storage to ${shown(have)} again, or, where the driver can: kubectl patch storageclass ${storageClass} -p '{"allowVolumeExpansion":true}'`,
      });
    }
  }
  return findings;
}

/**
 * `<organisation>/<pod>` of a claim `<template>-<pod>`, as the settings name a node. The claim of a root authority,
 * `root-<StatefulSet>`, stays with the first pod.
 */
function nodeOf({ metadata: { name, labels } }: KubeObject): string {
  const set = labels["app.kubernetes.io/instance"];
  const at = set === undefined ? -1 : name.indexOf(`-${set}-`);
  const pod = at >= 0 ? name.slice(at + 1) : set !== undefined && name.endsWith(`-${set}`) ? `${set}-0` : "<pod>";
  return `${labels[labelKeys.organisation] ?? "<organisation>"}/${pod}`;
}

/** Whether a claim is that of certificate authorities: what is on its volume is nowhere else. */
export function holdsKeys({ labels }: { readonly labels?: Readonly<Record<string, string>> }): boolean {
  const role: string | undefined = labels?.[labelKeys.role];
  return role === "ca" || role === "ca-init";
}

/** The StorageClasses whose ability to grow matters, as a claim of theirs is to grow. */
export function growingClass(desired: KubeObject, live: LiveObject): string | undefined {
  const storageClass = fieldAt(live, ["spec", "storageClassName"]);
  return bytes(fieldAt(desired, sizePath)) > bytes(fieldAt(live, sizePath)) && typeof storageClass === "string"
    ? storageClass
    : undefined;
}
