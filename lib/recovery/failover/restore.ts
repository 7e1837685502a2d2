import type { EventOf } from "./event";
import { sameEnd } from "./ledger";
import type { In } from "./record";
import type { FailoverSettings } from "./settings";

/**
 * Why ordering nodes may not be restored like that, or undefined. One of them alone is refused always: rolled back into a
 * live set it forgets votes that it has given; it panics, or, worse, it is taken without a word (recovery-run facts,
 * section 5). The whole set, of one instant, with the whole old side fenced, is the only way (invariant I13).
 */
export function checkRestore(
  started: Pick<EventOf<"orderersStarted">, "consenters" | "snapshot" | "heights">,
  record: Pick<In<"Restore">, "candidate" | "fenced" | "restored">,
  { consenters, primary }: FailoverSettings,
): string | undefined {
  const running = new Set(started.consenters);
  const missing = consenters.filter((name) => !running.has(name));
  if (missing.length > 0)
    return `ordering nodes restored without ${missing.join(", ")}: all of one snapshot are, or none`;
  const strangers = [...running].filter((name) => !consenters.includes(name));
  if (strangers.length > 0) return `ordering nodes that are not of this set: ${strangers.join(", ")}`;
  if (started.snapshot !== record.candidate.name)
    return `ordering nodes restored from ${started.snapshot} in place of ${record.candidate.name}`;
  const free = primary.filter((center) => record.fenced[center] === undefined);
  if (free.length > 0) return `ordering nodes restored while ${free.join(", ")} is not fenced`;
  // They were verified there; a client that got in between shows as a block more.
  return sameEnd(started.heights, record.restored)
    ? undefined
    : "ordering nodes came up with other blocks than verified";
}
