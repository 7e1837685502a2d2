import type { Json, KubeObject } from "../../constructs/manifests";
import { runbook } from "./runbook";

/** The API group of what recovery declares. */
export const recoveryGroup = "recovery.fabric-topologies.dev";
const version = "v1alpha1";

/** `apiVersion` of the kind. */
export const failoverApi = `${recoveryGroup}/${version}`;

const string = { type: "string" } as const;
const names = { type: "array", items: { type: "string", minLength: 1 } } as const;
const count = { type: "integer", minimum: 0, format: "int64" } as const;
const object = (properties: Readonly<Record<string, Json>>, ...required: string[]): Json => ({
  type: "object",
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const list = (items: Json): Json => ({ type: "array", items });
const ranges = list(object({ channel: string, first: count, last: count }, "channel", "first", "last"));
const heights: Json = {
  type: "object",
  additionalProperties: object({ height: count, hash: string }, "height", "hash"),
};
const immutable = {
  "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "make another Failover in its place" }],
};

const spec = object(
  {
    mode: { type: "string", enum: ["drill", "real"], ...immutable },
    primary: { ...names, minItems: 1, maxItems: 2, ...immutable },
    target: { type: "string", minLength: 1, ...immutable },
    approvers: { ...names, minItems: 1 },
    limits: object(
      { rtoRead: count, rtoWrite: count, rpoBlocks: count, rpoSeconds: count },
      ...["rtoRead", "rtoWrite", "rpoBlocks", "rpoSeconds"],
    ),
    orders: {
      type: "array",
      default: [],
      maxItems: 100,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["id"],
      items: object(
        {
          /** New for every order: by it the answer is found, and none is followed twice. */
          id: { type: "string", minLength: 1, maxLength: 64 },
          by: { type: "string", minLength: 1 },
          epoch: { ...count, minimum: 1 },
          what: { type: "string", enum: ["writes", "rollback", "failback", "switch", "retry", "fenced"] },
          center: string,
        },
        ...["id", "by", "epoch", "what"],
      ),
    },
  },
  ...["mode", "primary", "target", "approvers", "limits"],
);

const condition = object(
  {
    type: string,
    status: { type: "string", enum: ["True", "False", "Unknown"] },
    reason: string,
    message: string,
    lastTransitionTime: { type: "string", format: "date-time" },
  },
  ...["type", "status", "reason", "message", "lastTransitionTime"],
);

/** Milliseconds of each phase, and what was lost. */
const measurements = object({
  ...Object.fromEntries(
    ["detection", "fencing", "verification", "readOpen", "approval", "promotion", "replay", "rtoRead", "rtoWrite"].map(
      (name) => [name, count],
    ),
  ),
  rpoBlocks: count,
  rpoSeconds: { type: "number" },
  snapshot: string,
  fallbacks: count,
});

const status = object({
  phase: { type: "string", enum: Object.keys(runbook) },
  epoch: count,
  why: string,
  lease: string,
  switchStep: string,
  synced: heights,
  fenced: { type: "object", additionalProperties: string },
  tried: names,
  heard: heights,
  served: heights,
  lost: ranges,
  tail: ranges,
  loss: object({ blocks: ranges, why: string }),
  /** What controllers write down for each other, whole: `FailoverRecord` of record.ts. */
  record: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  conditions: {
    type: "array",
    items: condition,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
  },
  timeline: {
    type: "array",
    maxItems: 200,
    items: object(
      { at: { type: "string", format: "date-time" }, phase: string, epoch: count, what: string },
      ...["at", "phase", "epoch", "what"],
    ),
  },
  measurements,
  answers: {
    type: "array",
    maxItems: 101,
    items: object(
      { id: string, by: string, epoch: count, what: string, followed: { type: "boolean" }, why: string, at: string },
      ...["id", "by", "epoch", "what", "followed", "why", "at"],
    ),
  },
});

const column = (name: string, type: string, jsonPath: string): Json => ({ name, type, jsonPath });

/** The kind `Failover`: what a failover is told, and what it shows (requirement R8). For the witness and the target. */
export const failoverKind: KubeObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `failovers.${recoveryGroup}`, labels: {} },
  spec: {
    group: recoveryGroup,
    scope: "Namespaced",
    names: { kind: "Failover", listKind: "FailoverList", plural: "failovers", singular: "failover" },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: object(
            { apiVersion: string, kind: string, metadata: { type: "object" }, spec, status },
            "spec",
          ),
        },
        additionalPrinterColumns: [
          column("Mode", "string", ".spec.mode"),
          column("Phase", "string", ".status.phase"),
          column("Epoch", "integer", ".status.epoch"),
          column("Target", "string", ".spec.target"),
          column("Snapshot", "string", ".status.measurements.snapshot"),
          column("RTO-Read", "integer", ".status.measurements.rtoRead"),
          column("RTO-Write", "integer", ".status.measurements.rtoWrite"),
          column("Age", "date", ".metadata.creationTimestamp"),
        ],
      },
    ],
  },
};
