import { volumeSnapshot, type SnapshotPlace } from "../../lib/recovery/snapshots/objects";
import { slotsToCome } from "../../lib/recovery/snapshots/slots";
import { type ApiServer, isConflict } from "../kubernetes/api-server";
import type { Log } from "../log";

/** What the pod of a snapshot CronJob is to do with its minute. */
export interface Minute {
  readonly place: SnapshotPlace;
  readonly claims: readonly string[];
  /** Seconds between slots, and their number in the minute. */
  readonly every: number;
  readonly slots: number;
}

/** The time, and waiting for one. */
export interface Clock {
  now(): number;
  until(milliseconds: number): Promise<void>;
}

/**
 * Takes a snapshot of each claim at each of the minute's slots that are still to come. A claim whose last snapshot is not
 * ready is left out: a storage that does not keep up gets no more to do. What fails is told, and the next slot comes.
 * @returns How many were asked for.
 */
export async function takeMinute(api: ApiServer, minute: Minute, clock: Clock, log: Log): Promise<number> {
  const last = new Map<string, string>();
  let asked = 0;
  for (const slot of slotsToCome(clock.now(), minute.every, minute.slots)) {
    await clock.until(slot.getTime());
    for (const claim of minute.claims) {
      const before = last.get(claim);
      try {
        if (before !== undefined && !(await isReady(api, before))) {
          log("warn", "slot left out: the snapshot before is not ready", { claim, slot: slot.toISOString() });
          continue;
        }
        last.set(claim, await ask(api, minute.place, claim, slot));
        asked += 1;
      } catch (error) {
        log("error", "no snapshot", { claim, slot: slot.toISOString(), error });
      }
    }
  }
  return asked;
}

/** Asks for a snapshot, once for each slot whoever asks, and gives its path. */
async function ask(api: ApiServer, place: SnapshotPlace, claim: string, slot: Date): Promise<string> {
  const snapshot = volumeSnapshot(place, claim, slot);
  const all = `/apis/${snapshot.apiVersion}/namespaces/${place.namespace}/volumesnapshots`;
  try {
    await api.call("POST", all, snapshot);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  return `${all}/${snapshot.metadata.name}`;
}

async function isReady(api: ApiServer, path: string): Promise<boolean> {
  const { status } = await api.call<{ readonly status?: { readonly readyToUse?: boolean } }>("GET", path);
  return status?.readyToUse === true;
}
