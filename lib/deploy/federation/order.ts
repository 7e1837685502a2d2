import { objectKey, type KubeObject, type SiteManifests } from "../../constructs/manifests";
import { labelKeys } from "../../constructs/labels";
import { appliedId, type Applied, type ObjectAt } from "../../federation/applied";
import { inOrder } from "../order";

/** An object to apply, when all that it waits for stands. */
export interface Step {
  readonly id: string;
  readonly applied: Applied;
  /** Ids of what must be applied before. */
  readonly after: readonly string[];
  /** What members themselves must show before: brought about by an engine, which answers before it is so. */
  readonly gates: readonly ObjectAt[];
}

/** `<member>:<key>`. */
export const placeOf = ({ member, key }: ObjectAt): string => `${member}:${key}`;

/**
 * What is applied to the clusters of a federation, in an order in which each can be, always the same for the same objects.
 * What waits for an object of a site waits until that site shows it, whichever engine brings it there.
 *
 * @throws Error where objects wait for each other
 */
export function stepsOf(applied: readonly Applied[], sites: readonly SiteManifests[]): Step[] {
  const byId = new Map(applied.map((one) => [appliedId(one), one] as const));
  const bringer = new Map(applied.flatMap((one) => one.brings.map((at) => [placeOf(at), one] as const)));
  const waits = dependenciesOf(sites);

  const steps = new Map<string, Step>();
  for (const [id, one] of byId) {
    const needs = [...one.after, ...(one.takes ?? []).map(({ from }) => from)];
    const after = new Set(needs.filter((other) => byId.has(other)));
    const gates = new Map<string, ObjectAt>();
    for (const place of one.brings.map(placeOf)) {
      for (const at of waits.get(place) ?? []) {
        const by = bringer.get(placeOf(at));
        if (by === undefined || by === one) continue;
        after.add(appliedId(by));
        if (by.cluster !== at.member) gates.set(placeOf(at), at);
      }
    }
    steps.set(id, {
      id,
      applied: one,
      after: [...after].sort(),
      gates: [...gates].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, at]) => at),
    });
  }
  return sorted(steps);
}

function sorted(steps: ReadonlyMap<string, Step>): Step[] {
  const done: Step[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (id: string, path: readonly string[]): void => {
    const step = steps.get(id);
    if (step === undefined || state.get(id) === "done") return;
    if (state.get(id) === "open") {
      throw new Error(`objects wait for each other: ${[...path.slice(path.indexOf(id)), id].join(" → ")}`);
    }
    state.set(id, "open");
    for (const other of step.after) visit(other, [...path, id]);
    state.set(id, "done");
    done.push(step);
  };
  for (const id of [...steps.keys()].sort()) visit(id, []);
  return done;
}

/** By place, the places that each object waits for: on its own site, and over all of them. */
function dependenciesOf(sites: readonly SiteManifests[]): ReadonlyMap<string, readonly ObjectAt[]> {
  const waits = new Map<string, ObjectAt[]>();
  const ordering: ObjectAt[] = [];
  const peers: ObjectAt[] = [];
  for (const manifests of [...sites].sort((one, other) => (one.site < other.site ? -1 : 1))) {
    const member = manifests.site;
    for (const { key, object, after } of inOrder(manifests)) {
      waits.set(
        placeOf({ member, key }),
        after.map((other) => ({ member, key: other })),
      );
      if (isNode(object, "orderer")) ordering.push({ member, key });
      if (isNode(object, "peer")) peers.push({ member, key });
    }
  }
  const more = (at: ObjectAt, before: ObjectAt | undefined) => {
    if (before !== undefined) waits.get(placeOf(at))?.push(before);
  };
  // One ordering node after the other over all sites: a change restarts at most one consenter at a time. Peers come last.
  for (const [index, at] of ordering.entries()) more(at, ordering[index - 1]);
  for (const at of peers) more(at, ordering.at(-1));
  return waits;
}

/** Whether an object is the StatefulSet of a node of a role. */
function isNode(object: KubeObject, role: "orderer" | "peer"): boolean {
  return object.kind === "StatefulSet" && object.metadata.labels[labelKeys.role] === role;
}

/** What a site wants, by key. */
export function wantedBy(sites: readonly SiteManifests[]): ReadonlyMap<string, KubeObject> {
  return new Map(
    sites.flatMap(({ site, objects }) =>
      objects.map((object) => [placeOf({ member: site, key: objectKey(object) }), object] as const),
    ),
  );
}
