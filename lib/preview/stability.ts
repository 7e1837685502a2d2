import { createHash } from "node:crypto";
import { z } from "zod";
import type { KubeObject } from "../constructs/manifests";
import { fieldAt, withField } from "../deploy/fields";
import { fixedFieldsOf } from "../deploy/fixed-fields";
import type { LiveObject } from "../deploy/live";
import { refusedChanges } from "../deploy/refused-changes";
import { canonicalJson, type Json } from "../fabric/channel/json";
import type { RecordedGraph, RecordedResource } from "./graph";

/** What has to be remembered of a graph to see whether a later one would take a resource for another. */
export const fingerprintsSchema = z.record(
  z.string().describe("URN."),
  z.strictObject({
    parent: z.string().optional(),
    /** The beginning of the SHA-256 of its inputs. */
    inputs: z.string(),
    /** Stays in the cluster when it leaves the program. */
    retained: z.literal(true).optional(),
    /** Of what holds a ledger, or all that do: the fields that are fixed when it is made. */
    fixed: z.record(z.string(), z.unknown()).optional(),
  }),
);

/** By URN, in the order of the URNs. */
export type Fingerprints = z.output<typeof fingerprintsSchema>;

/** A graph in a few hundred characters a resource. */
export function fingerprintsOf({ resources }: RecordedGraph): Fingerprints {
  return Object.fromEntries(
    resources.map((resource) => {
      const fixed = fixedOf(resource);
      return [
        resource.urn,
        {
          ...(resource.parent === undefined ? {} : { parent: resource.parent }),
          inputs: createHash("sha256")
            .update(canonicalJson(resource.inputs as Json))
            .digest("hex")
            .slice(0, 16),
          ...(resource.retainOnDelete ? { retained: true as const } : {}),
          ...(fixed === undefined ? {} : { fixed }),
        },
      ];
    }),
  );
}

/** What must not happen between two versions of a program. */
export interface Instability {
  /** As it was. */
  readonly urn: string;
  readonly found: string;
  readonly fix: string;
}

/**
 * What would be lost for a stack that was deployed as it was before: resources that the engine would no longer know, and
 * objects that hold ledgers and would have to be made anew.
 */
export function instabilities(before: Fingerprints, { resources }: RecordedGraph): Instability[] {
  const now = new Map(resources.flatMap((one) => [one.urn, ...one.aliases].map((urn) => [urn, one] as const)));
  return Object.entries(before).flatMap(([urn, was]): Instability[] => {
    const resource = now.get(urn);
    if (resource === undefined) {
      if (isRemade(urn)) return [];
      return [
        {
          urn,
          found: "no resource of this URN, nor an alias for it",
          fix: "give the resource an alias with its former name, type or parent; without one the engine deletes it and makes another",
        },
      ];
    }
    const lost =
      was.retained === true && !resource.retainOnDelete
        ? [{ urn, found: "retainOnDelete gone", fix: "keep it: a destroy would delete what holds ledgers" }]
        : [];
    return [...lost, ...replacing(resource, was.fixed).map((change) => ({ urn, ...change }))];
  });
}

/** A Job is named after what it does, so that other work is another Job; it holds nothing. */
function isRemade(urn: string): boolean {
  return /[$:]kubernetes:batch\/v1:Job::/.test(urn);
}

/** Kinds that hold a ledger, or stand between a ledger and its node: replacing one takes the node or the ledger with it. */
export const holders: ReadonlySet<string> = new Set([
  "PersistentVolumeClaim",
  "PersistentVolume",
  "StatefulSet",
  "Namespace",
]);

const providerType = "pulumi:providers:kubernetes";
/** By it Pulumi's provider knows a cluster; with another one every object is replaced. */
const clusterIdentifier = "clusterIdentifier";

/** The fixed fields of a resource that must not be replaced, as an object of the same shape. */
function fixedOf({ type, inputs }: RecordedResource): Record<string, unknown> | undefined {
  if (type === providerType) return { [clusterIdentifier]: inputs[clusterIdentifier] };
  const kind = kindOf(inputs);
  if (!holders.has(kind)) return undefined;
  // A claim's zone is a label of it, and its size must not shrink.
  const claim = [["metadata", "labels"], ["spec"]].map((path) => [path, fieldAt(inputs, path)] as const);
  const fields = kind === "PersistentVolumeClaim" ? claim : fixedFieldsOf(inputs);
  const name = fieldAt(inputs, ["metadata", "name"]);
  return fields.reduce(
    (object, [path, value]) => withField(object, path, value),
    withField({}, ["metadata", "name"], name),
  );
}

function replacing(
  resource: RecordedResource,
  was: Readonly<Record<string, unknown>> | undefined,
): Omit<Instability, "urn">[] {
  if (was === undefined) return [];
  if (resource.type === providerType) {
    const [from, to] = [was[clusterIdentifier], resource.inputs[clusterIdentifier]];
    if (from === to) return [];
    return [
      {
        found: `${clusterIdentifier} ${String(from)}, to become ${String(to)}`,
        fix: "keep it: with another one every object is replaced",
      },
    ];
  }
  const desired: unknown = resource.inputs;
  const live: unknown = was;
  return refusedChanges(desired as KubeObject, live as LiveObject, () => true);
}

function kindOf(inputs: RecordedResource["inputs"]): string {
  return typeof inputs["kind"] === "string" ? inputs["kind"] : "";
}
