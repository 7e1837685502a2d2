import { networkLabel, type KubeObject } from "../constructs/manifests";
import type { ObjectFinding } from "./findings";
import type { LiveObject } from "./live";

/**
 * An object of the same name that is not this network's. Server-side apply would take it over without a word, and a
 * later destroy would delete what somebody else made.
 */
export function foreign(desired: KubeObject, live: LiveObject, adopt: boolean): ObjectFinding[] {
  const [ours, theirs] = [desired.metadata.labels[networkLabel], live.metadata.labels?.[networkLabel]];
  if (theirs === ours) return [];
  if (theirs !== undefined) {
    return [
      {
        found: `an object of the network ${JSON.stringify(theirs)} (label ${networkLabel})`,
        allowed: `an object of the network ${JSON.stringify(ours)}, or none of this name`,
        fix: "rename one of the two networks, or put them on different clusters",
      },
    ];
  }
  if (adopt) return [];
  const managers = [...new Set((live.metadata.managedFields ?? []).flatMap(({ manager }) => manager ?? []))];
  return [
    {
      found: `an object of this name that somebody else made${managers.length === 0 ? "" : ` (with ${managers.join(", ")})`}: it has no label ${networkLabel}`,
      allowed: "none of this name, or your consent to take it over",
      fix: "delete or rename it; to take it over, and have it deleted with the network: `pulumi config set fabric-topologies:adopt true`, then run again",
    },
  ];
}

/** An object on its way out: what is applied to it goes with it. */
export function leaving(desired: KubeObject, live: LiveObject): ObjectFinding[] {
  const since = live.metadata.deletionTimestamp;
  if (since === undefined) return [];
  const { name, namespace } = desired.metadata;
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  const ledger =
    desired.kind === "PersistentVolumeClaim"
      ? " Its ledger goes when the last pod lets go of it: copy it first if no other node has it."
      : "";
  return [
    {
      found: `an object that is being deleted since ${since}`,
      allowed: "none of this name, or one that stays",
      fix: `wait until \`kubectl get ${desired.kind.toLowerCase()} ${name}${where}\` finds nothing, then run again.${ledger}`,
    },
  ];
}
