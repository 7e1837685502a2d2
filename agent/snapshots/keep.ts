import { prunable } from "../../lib/recovery/snapshots/catalogue";
import { prune } from "../../lib/recovery/snapshots/prune";
import type { SnapshotSchedule } from "../../lib/recovery/snapshots/schedule";
import { inWords } from "../fabric/problem";
import type { Log } from "../log";
import type { Catalogue } from "./catalogue";
import { runCommands } from "./commands";
import type { NodeDriver, Shipping } from "./driver";

/** One side's snapshots of one unit. */
export interface Kept {
  readonly unit: string;
  readonly driver: NodeDriver & { readonly shipping: Shipping };
  /** Where they are: a folder on btrfs. */
  readonly place: string;
  readonly catalogue: Catalogue;
  readonly schedule: SnapshotSchedule;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** Seconds after which a snapshot that never became one, or a bad one, goes. */
const pendingTimeout = 3600;
/** Deleted at a time: a pruner that was away must not hold up the next snapshot. */
const most = 50;

/** A driver that can send. @throws RangeError for one that cannot. */
export function shippingDriver(driver: NodeDriver): Kept["driver"] {
  const { shipping } = driver;
  if (shipping === undefined) throw new RangeError(`${driver.name} does not send snapshots`);
  return { ...driver, shipping };
}

/**
 * Deletes what was begun and not ended when this program ended last, on the disk and in the catalogue, so that it is
 * never taken for a snapshot.
 */
export async function dropBegun(kept: Kept): Promise<void> {
  for (const { name, state } of kept.catalogue.of(kept.unit)) {
    if (state === "pending") {
      await remove(kept, name);
      kept.log("warn", "a snapshot that was begun and not ended is deleted", { unit: kept.unit, snapshot: name });
    }
  }
}

/**
 * Deletes what the pruner says. What cannot be deleted is told and tried again the next time.
 * @param pinned What the other side needs for the next increment.
 */
export async function pruneKept(kept: Kept, pinned: readonly (string | undefined)[]): Promise<void> {
  const { catalogue, unit, schedule, now, log } = kept;
  const names = prune(prunable(catalogue.of(unit), schedule.name), [schedule], now() / 1000, {
    pinned: new Set(pinned.filter((name) => name !== undefined)),
    pendingTimeout,
    most,
  });
  for (const name of names) {
    try {
      await remove(kept, name);
    } catch (error) {
      log("error", "a snapshot that is to go cannot be deleted", { unit, snapshot: name, why: inWords(error) });
    }
  }
}

async function remove({ driver, place, catalogue }: Kept, name: string): Promise<void> {
  const path = driver.shipping.received(place, name);
  const there = await runCommands([driver.shipping.inspect(path)]).then(
    () => true,
    () => false,
  );
  if (there) await runCommands(driver.remove(path));
  await catalogue.drop(name);
}
