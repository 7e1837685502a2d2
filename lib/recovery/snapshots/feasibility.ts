import type { Finding, Path } from "../../spec/problem";
import { apiLimits, limitOf } from "./limits";
import { expectedCount, type SnapshotSchedule } from "./schedule";

/** A snapshot class of a cluster. */
export interface SnapshotClass {
  readonly name: string;
  readonly kind: "VolumeSnapshotClass" | "VolumeGroupSnapshotClass";
  /** The CSI driver. */
  readonly driver: string;
}

/** What is wished of a center's snapshots, and what they are to be taken and sent with. */
export interface SnapshotPlan {
  readonly schedules: readonly PlannedSchedule[];
  /** Snapshot classes that are there. */
  readonly classes: readonly SnapshotClass[];
  /** Whether the snapshot controller was started with a higher `--kube-api-qps`. */
  readonly raisedQps?: boolean;
  /** Bytes a second that may go to the remote center; undefined where nothing is sent. */
  readonly link?: number;
}

/** A schedule with the volumes that it is for. */
export interface PlannedSchedule extends SnapshotSchedule {
  readonly volumes: number;
  /** Name of the snapshot class, for drivers of objects. */
  readonly className?: string;
  /** Bytes that a volume's increment has at most, as sent; left out where nothing is sent. */
  readonly incrementBytes?: number;
}

const viaApi = (schedule: SnapshotSchedule): boolean =>
  schedule.driver === "volume-snapshot" || schedule.driver === "volume-group-snapshot";

/**
 * Whether driver, API server and link can carry the schedules, with the numbers where they cannot (facts: snapshots of
 * twenty volumes every 5 s as objects are 14,400 an hour, and a controller that never comes to rest).
 * @param path Of the list of schedules in the settings.
 */
export function checkSnapshots(plan: SnapshotPlan, path: Path): Finding[] {
  const each = plan.schedules.flatMap((schedule, index) => checkSchedule(schedule, plan, [...path, index]));
  return [...each, ...checkObjects(plan, path), ...checkRate(plan, path), ...checkLink(plan, path)];
}

function checkSchedule(schedule: PlannedSchedule, plan: SnapshotPlan, path: Path): Finding[] {
  const { trigger, keep } = schedule;
  const seconds = trigger.kind === "every" ? trigger.seconds : undefined;
  const findings: Finding[] = [];
  const add = (key: string, found: string, allowed: string, fix: string): void =>
    void findings.push({ document: "settings", path: [...path, key], found, allowed, fix });

  const known = classOf(schedule, plan);
  if (viaApi(schedule) && known === undefined) {
    const kind = kindOf(schedule);
    const names = plan.classes.filter((one) => one.kind === kind).map(({ name }) => name);
    add(
      "className",
      schedule.className === undefined ? `no ${kind}` : `${kind} ${schedule.className}`,
      names.length === 0 ? `a ${kind} of the cluster; it has none` : `one of ${names.join(", ")}`,
      "name a snapshot class that is there, or use a driver on the node such as btrfs",
    );
  }
  const limit = limitOf(schedule.driver, known?.driver ?? "");
  const driver = known?.driver ?? schedule.driver;
  if (schedule.driver === "volume-group-snapshot" && known !== undefined && !limit.groups) {
    add(
      "driver",
      `group snapshots by ${driver}`,
      `a driver that takes several volumes at one instant: ${limit.source}`,
      "put the volumes that belong together into one, or use another driver",
    );
  }
  if (seconds !== undefined && seconds < limit.leastInterval) {
    add(
      "every",
      `every ${seconds} s by ${driver}`,
      `at least ${limit.leastInterval} s apart: ${limit.source}`,
      "make the interval longer, or take increments by a driver on the node such as btrfs",
    );
  }
  const kept = expectedCount(schedule);
  if (limit.mostPerVolume !== undefined && kept > limit.mostPerVolume) {
    add(
      "keep",
      `${kept} snapshots of each volume`,
      `at most ${limit.mostPerVolume} by ${driver}: ${limit.source}`,
      "keep them for a shorter time, or thin them out earlier",
    );
  }
  if (seconds !== undefined && keep.seconds < 2 * seconds) {
    add(
      "keep",
      `kept for ${keep.seconds} s, taken every ${seconds} s`,
      `at least twice the interval, ${2 * seconds} s, or there are moments with none`,
      "keep them longer, or take them more often",
    );
  }
  if (keep.verified < 1) {
    add(
      "keep",
      `${keep.verified} verified ones kept always`,
      "at least 1",
      "keep the last verified one, whatever its age",
    );
  }
  if (schedule.byCronJob === true) findings.push(...checkCron(seconds, path));
  return findings;
}

/** A CronJob starts once a minute; what is more often must fill that minute with slots of the same length. */
function checkCron(seconds: number | undefined, path: Path): Finding[] {
  const fits =
    seconds !== undefined &&
    (seconds < 60 ? 60 % seconds === 0 && seconds >= 5 : seconds % 60 === 0 && cronFits(seconds));
  return fits
    ? []
    : [
        {
          document: "settings",
          path: [...path, "every"],
          found: seconds === undefined ? "a CronJob after each config block" : `a CronJob every ${seconds} s`,
          allowed:
            "a part of a minute from 5 s on (5, 6, 10, 12, 15, 20, 30 s), or minutes that divide an hour or a day",
          fix: "choose such an interval, or leave the schedule to the agent",
        },
      ];
}

function cronFits(seconds: number): boolean {
  const minutes = seconds / 60;
  return minutes < 60 ? 60 % minutes === 0 : minutes % 60 === 0 && minutes <= 1440 && 1440 % minutes === 0;
}

/** Snapshots of a schedule as objects: each has a content beside it. */
function checkObjects({ schedules }: SnapshotPlan, path: Path): Finding[] {
  const objects = schedules.filter(viaApi).map((one) => ({ ...one, count: 2 * one.volumes * expectedCount(one) }));
  const sum = objects.reduce((total, { count }) => total + count, 0);
  if (sum <= apiLimits.objects) return [];
  const parts = objects.map(
    ({ name, volumes, count }) => `${name} ${count} (2 × ${volumes} volumes × ${count / 2 / volumes})`,
  );
  return [
    {
      document: "settings",
      path,
      found: `${sum} VolumeSnapshots and contents at a time: ${parts.join(", ")}`,
      allowed: `at most ${apiLimits.objects} in a cluster; with three times as many they come minutes late`,
      fix: "take increments by a driver on the node, thin out earlier, or keep them for a shorter time",
    },
  ];
}

/** Snapshots in a second, against what the snapshot controller was seen to make. */
function checkRate({ schedules, raisedQps }: SnapshotPlan, path: Path): Finding[] {
  const rate = schedules.filter(viaApi).reduce((sum, { volumes, trigger }) => sum + perSecond(volumes, trigger), 0);
  const most = raisedQps === true ? apiLimits.raisedSnapshotsPerSecond : apiLimits.snapshotsPerSecond;
  if (rate <= most) return [];
  return [
    {
      document: "settings",
      path,
      found: `${rounded(rate)} VolumeSnapshots a second, which are ${rounded(rate * apiLimits.writesPerSnapshot)} writes`,
      allowed: `at most ${most} a second by the snapshot controller${raisedQps === true ? "" : " with its default of 5 questions a second"}`,
      fix: "take increments by a driver on the node, or make the interval longer",
    },
  ];
}

/** What is to be sent in a second, against the link. A link that is too slow queues nothing: intervals grow, and with them the loss. */
function checkLink({ schedules, link }: SnapshotPlan, path: Path): Finding[] {
  if (link === undefined) return [];
  const sent = schedules.reduce(
    (sum, { volumes, trigger, incrementBytes = 0 }) => sum + perSecond(volumes, trigger) * incrementBytes,
    0,
  );
  if (sent <= link) return [];
  return [
    {
      document: "settings",
      path,
      found: `increments of ${rounded(sent / 1e6)} MB a second`,
      allowed: `at most ${rounded(link / 1e6)} MB a second to the remote center; intervals would grow to ${rounded(sent / link)} times their length`,
      fix: "compress what is sent (an ordering node's log shrinks to a hundredth), or make the interval longer",
    },
  ];
}

function perSecond(volumes: number, trigger: SnapshotSchedule["trigger"]): number {
  return trigger.kind === "every" ? volumes / trigger.seconds : 0;
}

const kindOf = ({ driver }: SnapshotSchedule): SnapshotClass["kind"] =>
  driver === "volume-group-snapshot" ? "VolumeGroupSnapshotClass" : "VolumeSnapshotClass";

const classOf = (schedule: PlannedSchedule, { classes }: SnapshotPlan): SnapshotClass | undefined =>
  classes.find(({ name, kind }) => name === schedule.className && kind === kindOf(schedule));

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
