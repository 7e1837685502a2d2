import type { ResourceChange } from "../../diff/document";
import type { RecordedResource } from "../../graph";
import type { ReportData } from "../reported";

/** A resource as people look for it: there, or gone with a change. */
export interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly site: string | undefined;
  readonly organisation: string | undefined;
  /** None where the change takes it away. */
  readonly resource: RecordedResource | undefined;
  readonly change: ResourceChange | undefined;
}

const organisationLabel = "fabric-topologies.dev/organisation";

/** Everything that can be looked at, by kind and name. */
export function entriesOf({ resources, changes }: ReportData): Entry[] {
  const changed = new Map(changes.map((change) => [change.urn, change]));
  const there = resources.map((resource) => entryOf(resource, changed.get(resource.urn)));
  const known = new Set(resources.map(({ urn }) => urn));
  const gone = changes
    .filter(({ urn }) => !known.has(urn))
    .map((change): Entry => {
      const { urn, type, kind, name, namespace, site, organisation } = change;
      return { urn, type, kind, name, namespace, site, organisation, resource: undefined, change };
    });
  return [...there, ...gone].sort((one, other) => compared(keyOf(one), keyOf(other)));
}

const keyOf = ({ kind, namespace = "", name }: Entry): string => [kind, namespace, name].join("\n");

const compared = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function entryOf(resource: RecordedResource, change: ResourceChange | undefined): Entry {
  const { urn, type, name, inputs } = resource;
  const metadata = recordOf(inputs["metadata"]);
  const [, site] = /^([^:]+):[A-Z]/.exec(name) ?? [];
  return {
    urn,
    type,
    kind: textOf(inputs["kind"]) ?? type.slice(type.lastIndexOf(":") + 1),
    name: textOf(metadata["name"]) ?? name,
    namespace: textOf(metadata["namespace"]),
    site,
    organisation: textOf(recordOf(metadata["labels"])[organisationLabel]),
    resource,
    change,
  };
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
