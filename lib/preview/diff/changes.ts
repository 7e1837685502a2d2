import { labelKeys } from "../../constructs/labels";
import { textAt } from "../../deploy/fields";
import { identityOf } from "../../deploy/recorded";
import type { RecordedGraph, RecordedResource } from "../graph";
import type { ResourceChange } from "./document";
import { differences } from "./fields";
import { replacementOf } from "./replacement";

/** A resource on both sides, or on one. */
export interface Pair {
  readonly before?: RecordedResource;
  readonly after?: RecordedResource;
}

/** Resources that are the same to the engine: by URN, or by an alias. What is on one side only comes or goes. */
export function pairsOf(before: RecordedGraph, after: RecordedGraph): Pair[] {
  const left = new Map(before.resources.map((resource) => [resource.urn, resource]));
  const pairs = after.resources.map((resource): Pair => {
    const urn = [resource.urn, ...resource.aliases].find((one) => left.has(one));
    const was = urn === undefined ? undefined : left.get(urn);
    if (urn !== undefined) left.delete(urn);
    return { ...(was === undefined ? {} : { before: was }), after: resource };
  });
  return [...pairs, ...[...left.values()].map((resource): Pair => ({ before: resource }))];
}

/** What becomes of every resource that is different, by URN, as the engine will have it. */
export function changesOf(pairs: readonly Pair[]): ResourceChange[] {
  const replacedProviders = new Set(
    pairs.flatMap(({ before, after }) =>
      before !== undefined && after !== undefined && isProvider(after) && replacing(before, after).length > 0
        ? [after.urn]
        : [],
    ),
  );
  return pairs
    .flatMap((pair) => changeOf(pair, replacedProviders))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

const isProvider = ({ type }: RecordedResource) => type.startsWith("pulumi:providers:");

const replacing = (before: RecordedResource, after: RecordedResource) =>
  replacementOf(after.type, before.inputs, after.inputs, after.ignoreChanges);

function changeOf({ before, after }: Pair, replacedProviders: ReadonlySet<string>): ResourceChange[] {
  const shown = after ?? before;
  // Groups and the stack itself are nothing that anybody could see in a cluster.
  if (shown === undefined || !shown.custom) return [];
  const told = identified(shown);
  if (before === undefined) return [{ ...told, action: "create", fields: [] }];
  if (after === undefined) return [{ ...told, action: before.retainOnDelete ? "release" : "remove", fields: [] }];
  const replaces = replacing(before, after);
  const fields = differences(before.inputs, after.inputs)
    .filter(({ path }) => !after.ignoreChanges.some((ignored) => isWithin(path, ignored)))
    .map((field) => ({ ...field, replaces: replaces.some((path) => isWithin(field.path, path)) }));
  const remade = after.provider !== undefined && replacedProviders.has(after.provider);
  if (fields.length === 0 && !remade) return [];
  return [
    {
      ...told,
      ...(before.urn === after.urn ? {} : { was: before.urn }),
      action: replaces.length > 0 || remade ? "replace" : "update",
      fields,
    },
  ];
}

/** Whether a path is another or lies below it. */
export function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`);
}

type Identified = Omit<ResourceChange, "action" | "fields" | "was">;

function identified({ urn, type, name, inputs }: RecordedResource): Identified {
  const text = (...path: string[]) => textAt(inputs, path);
  const site = identityOf(urn)?.site;
  const namespace = text("metadata", "namespace");
  const organisation = text("metadata", "labels", labelKeys.organisation);
  return {
    urn,
    type,
    kind: text("kind") ?? type.slice(type.lastIndexOf(":") + 1),
    name: text("metadata", "name") ?? name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(site === undefined ? {} : { site }),
    ...(organisation === undefined ? {} : { organisation }),
  };
}
