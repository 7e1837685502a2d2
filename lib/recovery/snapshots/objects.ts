import type { KubeObject } from "../../constructs/manifests";
import { denseSlots } from "./slots";

/** What a snapshot's name, labels and namespace come from. */
export interface SnapshotPlace {
  readonly network: string;
  readonly namespace: string;
  /** Name of the schedule; each prunes its own by this label. */
  readonly tier: string;
  readonly className: string;
}

/** Labels that every snapshot of ours carries. */
const snapshotLabels = {
  network: "fabric-topologies.dev/network",
  tier: "fabric-topologies.dev/snapshot-tier",
  /** `true` once its ledgers were found continuous on a clone; only such ones are candidates in a failover. */
  verified: "fabric-topologies.dev/verified",
} as const;

/** A snapshot of one volume (`snapshot.storage.k8s.io/v1`). */
export function volumeSnapshot(place: SnapshotPlace, claim: string, takenAt: Date): KubeObject {
  return {
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshot",
    metadata: metadataOf(place, claim, takenAt),
    spec: { volumeSnapshotClassName: place.className, source: { persistentVolumeClaimName: claim } },
  };
}

/**
 * Snapshots of several volumes at one instant (`groupsnapshot.storage.k8s.io/v1`, of Kubernetes 1.36 on): all consenters of
 * a center, which are only of use together.
 * @param unit A name for them, the beginning of the snapshot's.
 * @param claims Labels of their claims.
 */
export function volumeGroupSnapshot(
  place: SnapshotPlace,
  unit: string,
  claims: Readonly<Record<string, string>>,
  takenAt: Date,
): KubeObject {
  return {
    apiVersion: "groupsnapshot.storage.k8s.io/v1",
    kind: "VolumeGroupSnapshot",
    metadata: metadataOf(place, unit, takenAt),
    spec: { volumeGroupSnapshotClassName: place.className, source: { selector: { matchLabels: claims } } },
  };
}

function metadataOf({ network, namespace, tier }: SnapshotPlace, what: string, takenAt: Date): KubeObject["metadata"] {
  return {
    name: snapshotName(what, tier, takenAt),
    namespace,
    labels: { [snapshotLabels.network]: network, [snapshotLabels.tier]: tier },
  };
}

/** Named by its slot, to the second: a second try makes the same object, and two slots of a minute are two names. */
function snapshotName(what: string, tier: string, takenAt: Date): string {
  const slot = takenAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return `${what}-${tier}-${slot}`;
}

/** A schedule as a CronJob. */
export interface CronSchedule extends SnapshotPlace {
  readonly seconds: number;
  /** Claims of which it takes snapshots. */
  readonly claims: readonly string[];
  readonly image: string;
  readonly serviceAccount: string;
}

/**
 * The form of requirement R8: a CronJob whose pod takes the twelve snapshots of its minute. Kubernetes starts CronJobs once a
 * minute at most, so the pod waits for the slots itself; the seconds that a pod needs to start cost the first of them, and
 * each volume's 1,440 pods a day cost the scheduler. An agent on the node does the same without.
 */
export function snapshotCronJob(schedule: CronSchedule): KubeObject {
  const { network, namespace, tier, seconds, claims, image, serviceAccount, className } = schedule;
  const labels = { [snapshotLabels.network]: network, [snapshotLabels.tier]: tier };
  const within = seconds < 60;
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: `snapshots-${tier}`, namespace, labels },
    spec: {
      schedule: cronExpression(seconds),
      concurrencyPolicy: "Forbid",
      // Without it a hundred missed starts end the CronJob for good.
      startingDeadlineSeconds: 30,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          // Before the next minute's pod, which would not be started beside this one.
          activeDeadlineSeconds: 58,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: "Never",
              serviceAccountName: serviceAccount,
              securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
              containers: [
                {
                  name: "snapshots",
                  image,
                  args: [
                    "take-snapshots",
                    ...["--network", network, "--tier", tier, "--class", className],
                    ...["--slots", String(within ? denseSlots(seconds) : 1), "--every", String(within ? seconds : 60)],
                    ...claims,
                  ],
                  env: [{ name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                  },
                  resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
                },
              ],
            },
          },
        },
      },
    },
  };
}

/** Such as `*\/15 * * * *`; of intervals that `checkSnapshots` accepts for a CronJob. */
function cronExpression(seconds: number): string {
  const minutes = Math.max(1, seconds / 60);
  if (minutes < 60) return minutes === 1 ? "* * * * *" : `*/${minutes} * * * *`;
  return minutes === 60 ? "0 * * * *" : minutes === 1440 ? "0 0 * * *" : `0 */${minutes / 60} * * *`;
}
