import { orderersOf, type Placement } from "../placement/node";
import { secondsOf } from "../spec/scalars";
import type { Settings } from "../spec/settings";
import type { Consenters, FailoverSettings } from "./failover/settings";
import type { PlannedSchedule, SnapshotPlan } from "./snapshots/feasibility";
import { configBlocks, increments, transactions, type SnapshotSchedule } from "./snapshots/schedule";

/** How the remote center takes over, as the stack settings say it. */
export type RecoverySettings = NonNullable<Settings["recovery"]>;

/** Whole, as `secondsOf` may miss by a rounding error. */
const milliseconds = (duration: string): number => Math.round(1000 * secondsOf(duration));

/** A section whose durations are texts, in milliseconds. */
function inMilliseconds<Key extends string>(section: Readonly<Record<Key, string>>): Record<Key, number> {
  const entries = Object.entries<string>(section).map(([key, value]) => [key, milliseconds(value)]);
  return Object.fromEntries(entries) as Record<Key, number>;
}

/** Names of the sites that write. */
export const cityOf = (sites: Settings["sites"]): string[] =>
  sites.filter(({ center }) => center === "city").map(({ name }) => name);

/** Where ordering nodes are at home, each as `<organisation>/<pod>`: pods of several organisations may share a name. */
function consentersOf(placement: Placement, primary: readonly string[], target: string): Consenters {
  const of = (center: string) =>
    orderersOf(placement)
      .filter(({ site }) => site === center)
      .map(({ organisation, pod }) => `${organisation.name}/${pod}`);
  return { units: Object.fromEntries(primary.map((center) => [center, of(center)])), target: of(target) };
}

/**
 * What a failover of these centers is told.
 * @param placement Of a network whose centers have their roles.
 * @param mode A drill touches nothing that is alive.
 */
export function failoverOf(
  placement: Placement,
  sites: Settings["sites"],
  recovery: RecoverySettings,
  mode: FailoverSettings["mode"] = "real",
): FailoverSettings {
  const called = (role: string) => sites.filter(({ center }) => center === role).map(({ name }) => name);
  const primary = cityOf(sites);
  const [target = ""] = called("remote");
  const { approvers, heartbeat, lease, maxFallbacks, limits, budget, snapshots } = recovery;
  const { retries, ...leaseTimes } = lease;
  return {
    mode,
    primary,
    target,
    vantagePoints: [...called("witness"), ...primary.slice(1)],
    approvers,
    consenters: consentersOf(placement, primary, target),
    heartbeat: {
      interval: milliseconds(heartbeat.interval),
      misses: heartbeat.misses,
      probeTimeout: milliseconds(heartbeat.probeTimeout),
    },
    lease: { ...inMilliseconds(leaseTimes), retries },
    maxFallbacks,
    standbyPeers: true,
    snapshotInterval: milliseconds(snapshots.increments.every),
    limits: {
      rtoRead: milliseconds(limits.rtoRead),
      rtoWrite: milliseconds(limits.rtoWrite),
      rpoBlocks: limits.rpoBlocks,
      rpoSeconds: limits.rpoSeconds,
    },
    budget: inMilliseconds(budget),
  };
}

/** An ordering node's increment of 5 s, compressed, was 0.7 MB for three of them where most had happened. */
const incrementBytes = 1e6;

/**
 * What is wished of the snapshots of a center of the city.
 * @param consenters How many ordering nodes it has: on the node they share a volume, as they must share an instant.
 */
export function snapshotsOf({ snapshots }: RecoverySettings, consenters: number): SnapshotPlan {
  const { driver, class: snapshotClass, link } = snapshots;
  const byApi = driver === "volume-snapshot" || driver === "volume-group-snapshot";
  const planned = (
    standard: SnapshotSchedule,
    said: { readonly every: string; readonly keep: string } | undefined,
  ): PlannedSchedule => ({
    ...standard,
    ...(said === undefined
      ? {}
      : {
          trigger: { kind: "every", seconds: secondsOf(said.every) },
          keep: { ...standard.keep, seconds: secondsOf(said.keep) },
        }),
    volumes: byApi ? consenters : 1,
    ...(snapshotClass === undefined ? {} : { className: snapshotClass.name }),
  });
  const kind = driver === "volume-group-snapshot" ? "VolumeGroupSnapshotClass" : "VolumeSnapshotClass";
  return {
    schedules: [
      {
        ...planned(increments(driver), snapshots.increments),
        incrementBytes: incrementBytes * (byApi ? 1 : consenters),
      },
      planned(transactions(driver), snapshots.transactions),
      planned(configBlocks(driver), undefined),
    ],
    classes: snapshotClass === undefined ? [] : [{ name: snapshotClass.name, kind, driver: snapshotClass.provisioner }],
    link: link * 1e6,
  };
}
