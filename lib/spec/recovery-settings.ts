import { z } from "zod";
import { dnsName, duration, text } from "./scalars";

/**
 * The part of the stack settings about three centers: who takes over when a city is lost, how fast, and from which
 * snapshots. The fields are called as in the types that they become (`lib/recovery/failover/settings.ts`).
 */

/** What a site is among three centers. */
export const center = z
  .enum(["city", "remote", "witness"])
  .optional()
  .describe(
    "three-center: city (one of the two that write), remote (opens when the city is lost) or witness (a small cluster elsewhere that only decides).",
  );

const schedule = (defaults: { every: string; keep: string }, what: string) =>
  z
    .strictObject({
      every: duration.default(defaults.every).describe("Time between two."),
      keep: duration.default(defaults.keep).describe("How long one is kept, older ones thinned out."),
    })
    .prefault({})
    .describe(what);

const blocks = (described: string, standard: number) =>
  z.int("a whole number, such as 40").min(0).default(standard).describe(described);

const snapshots = z
  .strictObject({
    driver: z
      .enum(["btrfs", "zfs", "lvm-thin", "volume-snapshot", "volume-group-snapshot"])
      .default("btrfs")
      .describe("Who takes them: on the node (btrfs, zfs, lvm-thin), or the cluster's CSI driver."),
    class: z
      .strictObject({
        name: dnsName.describe("Name of a VolumeSnapshotClass or VolumeGroupSnapshotClass that every center has."),
        provisioner: text("a CSI driver such as ebs.csi.aws.com").describe("Its CSI driver."),
      })
      .optional()
      .describe("The snapshot class, for volume-snapshot and volume-group-snapshot."),
    increments: schedule({ every: "5s", keep: "1h" }, "What is sent to the remote center all the time."),
    transactions: schedule({ every: "1m", keep: "168h" }, "Taken after a commit, at a known height and hash."),
    link: z
      .int("whole megabytes a second, such as 100")
      .min(1)
      .default(100)
      .describe("Megabytes (1000000 bytes) a second that may go to the remote center."),
  })
  .prefault({})
  .describe("Snapshots of the ordering nodes of a center, from which the remote one is restored.");

export const recovery = z
  .strictObject({
    approvers: z
      .array(text("a person, such as ada@bank.example"))
      .default([])
      .describe("Who may order what only a person may order: write access, rollback, failback."),
    heartbeat: z
      .strictObject({
        interval: duration.default("1s").describe("Between two heartbeats."),
        misses: z.int().min(1).max(100).default(3).describe("How many in a row must be missing; at least 3."),
        probeTimeout: duration.default("200ms").describe("How long one answer is waited for."),
      })
      .prefault({})
      .describe("When the city is suspected to be lost."),
    lease: z
      .strictObject({
        duration: duration.default("3s").describe("How long the lease lasts after its last renewal."),
        renew: duration.default("350ms").describe("Between two renewals."),
        retries: z.int().min(0).max(100).default(3).describe("How often a failed renewal is tried again."),
        grace: duration
          .default("1s")
          .describe("How long it must have been over before another takes it: maxClockDrift and selfFence at least."),
        maxClockDrift: duration.default("200ms").describe("By how much two clocks may come apart meanwhile."),
        selfFence: duration.default("500ms").describe("How long a center takes to stop once its lease is over."),
      })
      .prefault({})
      .describe("The lease at the witness that the city holds while it writes."),
    maxFallbacks: blocks("How many older snapshots are tried after the newest.", 3),
    limits: z
      .strictObject({
        rtoRead: duration.default("60s").describe("From the last sign of life to the first read."),
        rtoWrite: duration.default("15m").describe("From the last sign of life to the first write."),
        rpoBlocks: blocks("Blocks that may be missing from what is opened, over all channels.", 40),
        rpoSeconds: blocks("Seconds of transactions that may be missing.", 10),
      })
      .prefault({})
      .describe("What a failover may cost. What its own settings cannot keep is refused with the sum."),
    budget: z
      .strictObject({
        fencing: duration.default("5s").describe("Until each center of the city is shown to be fenced."),
        clone: duration.default("100ms").describe("One clone of a snapshot."),
        verification: duration.default("2s").describe("Verifying one snapshot."),
        readOpen: duration.default("3s").describe("From a good snapshot to the first read."),
        approval: duration.default("10m").describe("Until a person has approved writes."),
        promotion: duration.default("5s").describe("Starting the ordering nodes until they have a leader."),
        replay: duration.default("10s").describe("Giving them the blocks that standby peers hold beyond theirs."),
      })
      .prefault({})
      .describe("What each phase may take; drills measure it."),
    snapshots,
  })
  .describe("three-center: how the remote center takes over.");
