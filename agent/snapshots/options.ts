import type { SnapshotSchedule } from "../../lib/recovery/snapshots/schedule";

interface SharedOptions {
  readonly snapshots: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly every: number;
  readonly keep: number;
}

/** What `agent ship` is told. */
export interface ShipOptions extends SharedOptions {
  readonly unit: string;
  readonly source: string;
  readonly to: { readonly host: string; readonly port: number };
  readonly name?: string;
}

/** What `agent receive` is told. */
export interface ReceiveOptions extends SharedOptions {
  readonly unit: readonly ReceivedUnit[];
  readonly from: readonly string[];
  readonly listen: { readonly host: string; readonly port: number };
}

/** A unit, and the nodes that every snapshot of it must hold. */
export interface ReceivedUnit {
  readonly name: string;
  readonly nodes: readonly string[];
}

/** The schedule of increments that options ask for. */
export const scheduleOf = ({ every, keep }: Pick<SharedOptions, "every" | "keep">): SnapshotSchedule => ({
  name: "increments",
  driver: "btrfs",
  trigger: { kind: "every", seconds: every },
  keep: { seconds: keep, verified: 3 },
});
