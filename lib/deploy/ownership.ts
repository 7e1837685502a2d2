import { networkLabel, type KubeObject } from "../constructs/manifests";
import type { ClusterFinding, ObjectFinding } from "./findings";
import type { LiveObject } from "./live";
import { stackAnnotation } from "./protection";

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

/**
 * The other stack, if any, that runs this network's object, or kept it when it was destroyed. An object that names no
 * stack is anybody's of the network, such as one that was applied as YAML.
 */
export function otherStack(live: LiveObject, stack: string | undefined): string | undefined {
  const named = live.metadata.annotations?.[stackAnnotation];
  return stack === undefined || named === stack ? undefined : named;
}

/**
 * Objects that other stacks name as theirs, one finding for each stack: both would hold the same objects, and a destroy
 * of one deletes what the other runs.
 *
 * @param byStack keys of objects by stack
 */
export function takenByOthers(
  byStack: ReadonlyMap<string, readonly string[]>,
): (ObjectFinding & Required<Pick<ClusterFinding, "object">>)[] {
  return [...byStack].map(([stack, [object = "", ...more]]) => ({
    object,
    found: `an object of the stack ${stack} (annotation ${stackAnnotation})${more.length === 0 ? "" : `, and ${more.length} more of it`}`,
    allowed: "objects of this stack, or none of these names",
    fix:
      `while ${stack} runs this network: work with that stack (\`pulumi stack select\`), or give this network another name; ` +
      "once it was destroyed or renamed: `pulumi config set fabric-topologies:adopt true`, then `pulumi up`, takes over what it left, ledgers included",
  }));
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
