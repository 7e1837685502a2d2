import { clusterObject } from "../examples";
import { at, fields, shown, type Fields } from "../manifest";
import type { Manifest, Rule } from "../rule";
import { resource } from "./cloud-resources";

const common = { domain: "backups" } as const;
const recovery = "GB/T 22239-2019 (MLPS 2.0), secure computing environment: data backup and recovery";

/** For how long what was backed up is kept (R8): transaction snapshots for seven days. */
const days = 7;

const snapshotClass = (rest: Fields): Manifest =>
  clusterObject("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "trade-snapshots", {
    driver: "ebs.csi.aws.com",
    ...rest,
  });

/** What is there to come back from. */
export const backupRules: readonly Rule[] = [
  {
    ...common,
    scope: "object",
    kinds: ["VolumeSnapshotClass"],
    id: "backups-snapshots-stay",
    title: "Snapshots of volumes outlive the objects that ask for them",
    severity: "mandatory",
    why: "With Delete, whoever deletes a namespace deletes the ledgers' snapshots with it, on the very day on which they are needed.",
    sources: ["R8", "Kubernetes documentation, Volume Snapshot Classes: DeletionPolicy", recovery],
    remedy: "Set deletionPolicy to Retain.",
    check: (one) =>
      one["deletionPolicy"] === "Retain" ? [] : [{ found: `deletionPolicy ${shown(one["deletionPolicy"])}` }],
    examples: { bad: snapshotClass({ deletionPolicy: "Delete" }), good: snapshotClass({ deletionPolicy: "Retain" }) },
  },
  {
    ...common,
    scope: "resource",
    types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "gcp:sql/databaseInstance:DatabaseInstance"],
    id: "backups-of-registry",
    title: `A registry's database is backed up, and backups are kept for ${days} days`,
    severity: "mandatory",
    why: "What was registered after the last backup cannot enrol again, and nobody knows any more what was revoked.",
    sources: [
      "R4",
      "R8",
      "AWS documentation, Introduction to backups",
      "Google Cloud documentation, Cloud SQL backups",
      recovery,
    ],
    remedy: `Set backupRetentionPeriod to ${days} or more (AWS), or settings.backupConfiguration.enabled to true (Google Cloud).`,
    check: ({ type, inputs }) => {
      if (type.startsWith("gcp:")) {
        const enabled = at(inputs["settings"], "backupConfiguration", "enabled");
        return enabled === true ? [] : [{ found: `backupConfiguration.enabled ${shown(enabled)}` }];
      }
      const period = inputs["backupRetentionPeriod"];
      return typeof period === "number" && period >= days
        ? []
        : [{ found: `backupRetentionPeriod ${shown(period, "not set, which is a day or none")}` }];
    },
    examples: {
      bad: resource("aws:rds/instance:Instance", "registry", { engine: "postgres", backupRetentionPeriod: 1 }),
      good: resource("aws:rds/instance:Instance", "registry", { engine: "postgres", backupRetentionPeriod: 7 }),
    },
  },
  {
    ...common,
    scope: "resource",
    types: [
      "aws:s3/bucketVersioning:BucketVersioning",
      "aws:s3/bucketVersioningV2:BucketVersioningV2",
      "gcp:storage/bucket:Bucket",
    ],
    id: "backups-bucket-versions",
    title: "A bucket keeps what is written over",
    severity: "mandatory",
    why: "Whoever writes snapshots may write over them, by mistake or with a key that he stole.",
    sources: [
      "R8",
      "AWS documentation, Retaining multiple versions of objects with S3 Versioning",
      "Google Cloud documentation, Object Versioning",
      recovery,
    ],
    remedy: "Set the status of versioning to Enabled (AWS), or versioning.enabled to true (Google Cloud).",
    check: ({ type, inputs }) => {
      if (type.startsWith("gcp:")) {
        const enabled = at(inputs["versioning"], "enabled");
        return enabled === true ? [] : [{ found: `versioning.enabled ${shown(enabled)}` }];
      }
      const { status } = fields(inputs["versioningConfiguration"]);
      return status === "Enabled" ? [] : [{ found: `versioning ${shown(status)}` }];
    },
    examples: {
      bad: resource("gcp:storage/bucket:Bucket", "snapshots", { location: "EU" }),
      good: resource("gcp:storage/bucket:Bucket", "snapshots", { location: "EU", versioning: { enabled: true } }),
    },
  },
  {
    ...common,
    scope: "resource",
    types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "gcp:container/cluster:Cluster"],
    id: "backups-not-deleted-by-hand",
    title: "Databases and clusters cannot be deleted by one call",
    severity: "advisory",
    why: "A stack that is destroyed by mistake takes the registry or the whole site along. AWS protects no EKS cluster; there Pulumi's own protect is left.",
    sources: ["AWS documentation, Deleting a DB instance: deletion protection", recovery],
    remedy: "Set deletionProtection to true.",
    check: ({ type, inputs }) => {
      const given = inputs["deletionProtection"];
      // Pulumi's provider of Google Cloud protects clusters unless it is told otherwise.
      const absent = type.startsWith("gcp:");
      return (given ?? absent) === true ? [] : [{ found: `deletionProtection ${shown(given)}` }];
    },
    examples: {
      bad: resource("aws:rds/instance:Instance", "registry", { engine: "postgres" }),
      good: resource("aws:rds/instance:Instance", "registry", { engine: "postgres", deletionProtection: true }),
    },
  },
];
