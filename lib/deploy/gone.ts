import { labelKeys } from "../constructs/labels";
import { holdsKeys } from "./claims";
import type { ClusterFinding } from "./findings";
import type { RecordedObject } from "./recorded";

/** Kinds whose objects end by themselves. */
const passing: ReadonlySet<string> = new Set(["Job", "Pod"]);

const isClaim = (key: string): boolean => key.startsWith("PersistentVolumeClaim/");

/**
 * What becomes of a node on an empty volume. A peer fetches every block again; a consenter that comes back without its
 * write-ahead log under its old identity may panic or break the chain (Fabric #3639).
 */
export const emptyNode =
  "a peer begins empty and copies the ledger from the others, but an ordering node must be taken out of its channels' consenters before it begins empty";

/**
 * What to do before a claim is made anew: a volume of a class that retains them outlives its claim, and takes it back
 * under the same name once it forgets the identity of the one that is gone (Kubernetes: "Persistent Volumes", Retain).
 */
export const lookForVolumes =
  "see with `kubectl get pv` whether the volume is still there (Released): it holds the ledger, and goes back to its claim after " +
  `\`kubectl patch pv <volume> -p '{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}'\``;

/**
 * Objects that the last run made and that the cluster no longer has; the engine would not make them again.
 *
 * @param recorded what the state holds of one site
 * @param absent keys of desired objects that the cluster does not have
 */
export function gone(
  recorded: readonly RecordedObject[],
  absent: readonly string[],
): readonly Omit<ClusterFinding, "site">[] {
  const missing = new Set(absent);
  const lost = recorded.filter(({ key }) => missing.has(key) && !passing.has(key.slice(0, key.indexOf("/"))));
  if (lost.length === 0) return [];
  const keys = lost.map(({ key }) => key).sort();
  const claims = keys.filter(isClaim);
  const named = [...claims, ...keys.filter((key) => !claims.includes(key))];
  const shown = named.slice(0, 3).join(", ") + (named.length > 3 ? ` and ${named.length - 3} more` : "");
  const all = lost.length === recorded.length;
  const right = all ? "make sure that this is the right cluster; then " : "";
  const refresh = "`pulumi refresh --yes` forgets what is gone, and `pulumi up` makes it anew";
  return [
    {
      found: `${all ? "none" : `only ${recorded.length - lost.length}`} of the ${recorded.length} objects that the last run left here; gone: ${shown}`,
      allowed: "the cluster as the last run left it",
      fix: right + (claims.length === 0 ? refresh : claimsBack(recorded, lost, refresh)),
    },
  ];
}

function claimsBack(recorded: readonly RecordedObject[], lost: readonly RecordedObject[], refresh: string): string {
  const roles = (some: readonly RecordedObject[]) =>
    new Set(some.flatMap((one) => (isClaim(one.key) && !holdsKeys(one) ? (one.labels[labelKeys.role] ?? "node") : [])));
  const left = roles(recorded.filter((one) => !lost.includes(one)));
  const whole = [...roles(lost)].filter((role) => !left.has(role)).sort();
  if (whole.length > 0) {
    return (
      `first ${lookForVolumes}. Every claim of a role is gone here (${whole.join(", ")}): nodes that begin empty would find nobody to copy the ledger from. ` +
      "Make nothing anew before the volumes, or their backups, are back"
    );
  }
  if (lost.some((one) => isClaim(one.key) && holdsKeys(one))) {
    return (
      `first ${lookForVolumes}. Nowhere else are the keys of an organisation's certificate authorities: made anew they are other ones, ` +
      `which no channel knows. Once the volumes, or their backups, are back: ${refresh}`
    );
  }
  return `first ${lookForVolumes}; then ${refresh} (where a volume is gone, ${emptyNode})`;
}
