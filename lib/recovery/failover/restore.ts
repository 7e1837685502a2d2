import type { EventOf } from "./event";
import { reaches, sameEnd } from "./ledger";
import type { In } from "./record";
import type { Consenters, FailoverSettings } from "./settings";
import type { Candidate } from "./snapshot";

/** Which ordering nodes run after a restore: those of the snapshot's unit, and those at the target, started anew beside them. */
export const restoredWith = ({ unit }: Pick<Candidate, "unit">, { units, target }: Consenters): readonly string[] => [
  ...(units[unit] ?? []),
  ...target,
];

/** How many ordering nodes of all must agree. */
const majorityOf = ({ units, target }: Consenters): number =>
  Math.floor((Object.values(units).flat().length + target.length) / 2) + 1;

/**
 * Whether a unit may be restored. With those at the target it must be a bare majority: then nobody is elected but by all
 * of them, so the longest log wins, and that is never one that was put back while a longer one lives. With one node more a
 * restored one might be elected without the vote of whoever knows more, and overwrite it; with one less nobody is elected.
 * Where no ordering node is left at the target, a majority of one instant is what there is.
 */
export function restorable(unit: string, consenters: Consenters): boolean {
  const restored = consenters.units[unit]?.length ?? 0;
  const { length: left } = consenters.target;
  if (restored === 0) return false;
  return left === 0 ? restored >= majorityOf(consenters) : restored + left === majorityOf(consenters);
}

/**
 * Why ordering nodes may not be restored like that, or undefined. One of them alone is refused always: rolled back into a
 * live set it forgets votes that it has given; it panics, or, worse, it is taken without a word (recovery-run facts,
 * section 5). A whole unit, of one instant, together with those that are left and with the whole old side fenced, is the
 * only way (invariant I13).
 */
export function checkRestore(
  started: Pick<EventOf<"orderersStarted">, "consenters" | "snapshot" | "heights">,
  record: Pick<In<"Restore">, "candidate" | "fenced" | "restored">,
  { consenters, primary }: FailoverSettings,
): string | undefined {
  const { candidate } = record;
  if (!restorable(candidate.unit, consenters))
    return `ordering nodes of ${candidate.unit} are no bare majority with those at the target`;
  const wanted = restoredWith(candidate, consenters);
  const running = new Set(started.consenters);
  const missing = wanted.filter((name) => !running.has(name));
  if (missing.length > 0)
    return `ordering nodes restored without ${missing.join(", ")}: a whole unit with those at the target is, or none`;
  const strangers = [...running].filter((name) => !wanted.includes(name));
  if (strangers.length > 0)
    return `ordering nodes restored with ${strangers.join(", ")}, of another unit: with more than a bare majority one that knows less may lead`;
  if (started.snapshot !== candidate.name)
    return `ordering nodes restored from ${started.snapshot} in place of ${candidate.name}`;
  const free = primary.filter((center) => record.fenced[center] === undefined);
  if (free.length > 0) return `ordering nodes restored while ${free.join(", ")} is not fenced`;
  // Whoever is left may know of more than the snapshot, and never of less. With nobody left, a block more is a client that
  // got in between.
  const sound = consenters.target.length === 0 ? sameEnd : reaches;
  return sound(started.heights, record.restored) ? undefined : "ordering nodes came up with other blocks than verified";
}
