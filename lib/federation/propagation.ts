import {
  dormantLabel,
  objectKey,
  publishedOn,
  type Json,
  type KubeObject,
  type SiteManifests,
} from "../constructs/manifests";
import { assertSayable, type FederationFinding } from "./findings";
import { checkOverride, type Override } from "./overrides";
import { difference, patched, type Operation } from "./patch";

/** At least one, by its type: without any, KubeFed takes an object nowhere and Karmada everywhere. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** An object that a federation takes to members. */
export interface Propagated {
  /** `<Kind>/<namespace>/<name>`, or `<Kind>/<name>`. */
  readonly key: string;
  /** The object as most members have it, whole, so that any API server takes it. */
  readonly template: KubeObject;
  /** Names of members, sorted. */
  readonly placement: NonEmpty<string>;
  /** What is another for some of them, sorted by member. */
  readonly overrides: readonly Override[];
}

/** What goes where, before it is said in the words of an engine. */
export interface Propagation {
  /** Names of all members, sorted. */
  readonly members: NonEmpty<string>;
  readonly propagated: readonly Propagated[];
  /** By member: what no engine holds, and what is applied to the member itself. */
  readonly local: ReadonlyMap<string, readonly KubeObject[]>;
}

/**
 * Kinds that no engine is given. Claims, volumes and their classes belong to their cluster: an engine that finds a claim
 * gone makes an empty one at once, one that narrows a placement deletes it, and KubeFed's replacement of a bound claim is
 * refused for ever (its volume's name is fixed). A Secret never lies on the host, which nobody guards like a member. A
 * quota would count on Karmada's control plane as well, where nobody keeps count, so that it lets nothing in.
 */
const keptAtHome: ReadonlySet<string> = new Set([
  "PersistentVolume",
  "PersistentVolumeClaim",
  "ResourceQuota",
  "Secret",
  "StorageClass",
]);

/** Filled when it is deployed, on each site with what the others publish. */
const isFilled = ({ metadata }: KubeObject): boolean => metadata.annotations?.[publishedOn] !== undefined;

/** Whether an object is applied to its member itself, whatever the engine. */
export function isKeptAtHome({ kind }: Pick<KubeObject, "kind">): boolean {
  return keptAtHome.has(kind);
}

/** Kinds that are a node's body: its pods, and what its ledger is on. */
const bodies: ReadonlySet<string> = new Set(["PersistentVolumeClaim", "StatefulSet"]);

const roleLabel = "fabric-topologies.dev/role";

/** Authorities stand on every site, each with keys of its own; any other body in two places is one identity twice. */
const ownOnEachSite: ReadonlySet<string> = new Set(["ca", "ca-init"]);

/**
 * What a federation is to do so that every site has its objects. An object that several sites want is one object for the
 * federation: as most have it (of equally many, as the first by its site's name), with overrides for the others.
 *
 * @throws Unpropagatable with everything that cannot be said
 */
export function propagationOf(sites: NonEmpty<SiteManifests>): Propagation {
  const members = sites.map(({ site }) => site).sort() as [string, ...string[]];
  const wanted = new Map<string, [Wanted, ...Wanted[]]>();
  for (const { site, objects } of [...sites].sort((one, other) => (one.site < other.site ? -1 : 1))) {
    for (const object of objects) {
      const key = objectKey(object);
      const others = wanted.get(key);
      if (others === undefined) wanted.set(key, [{ member: site, object }]);
      else others.push({ member: site, object });
    }
  }
  const findings: FederationFinding[] = [];
  const propagated: Propagated[] = [];
  const local = new Map(members.map((member) => [member, [] as KubeObject[]] as const));
  for (const [key, by] of [...wanted].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const homes = [...twoHomes(key, by), ...sharedSecret(key, by)];
    findings.push(...homes);
    if (keptAtHome.has(by[0].object.kind) || by.some(({ object }) => isFilled(object))) {
      for (const { member, object } of by) local.get(member)?.push(object);
      continue;
    }
    const merged = mergedOf(key, by);
    if (homes.length === 0) {
      findings.push(...merged.overrides.flatMap((override) => checkOverride(merged.template, override)));
    }
    propagated.push(merged);
  }
  assertSayable(findings);
  return { members, propagated, local };
}

interface Wanted {
  readonly member: string;
  readonly object: KubeObject;
}

/** @param by sorted by member */
function mergedOf(key: string, by: NonEmpty<Wanted>): Propagated {
  const variants = new Map<string, number>();
  for (const { object } of by) variants.set(textOf(object), (variants.get(textOf(object)) ?? 0) + 1);
  const most = Math.max(...variants.values());
  const template = (by.find(({ object }) => variants.get(textOf(object)) === most) ?? by[0]).object;
  const overrides = by.flatMap(({ member, object }): Override[] => {
    const [first, ...rest] = difference(template as unknown as Json, object as unknown as Json);
    return first === undefined ? [] : [{ member, operations: [first, ...rest] }];
  });
  return {
    key,
    template,
    placement: by.map(({ member }) => member) as [string, ...string[]],
    overrides,
  };
}

/** An object as a member is to have it: the template with the member's overrides. */
export function objectFor({ template, overrides }: Propagated, member: string): KubeObject {
  const operations: readonly Operation[] = overrides.find((one) => one.member === member)?.operations ?? [];
  return patched(template as unknown as Json, operations) as unknown as KubeObject;
}

/** A canonical text of an object: the same for the same content in another order of keys. */
const textOf = (object: KubeObject): string =>
  JSON.stringify(object, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );

function twoHomes(key: string, by: NonEmpty<Wanted>): FederationFinding[] {
  const [{ object }] = by;
  const role = object.metadata.labels[roleLabel];
  const awake = by.filter((one) => one.object.metadata.labels[dormantLabel] === undefined);
  if (awake.length <= 1 || !bodies.has(object.kind) || (role !== undefined && ownOnEachSite.has(role))) return [];
  return [
    {
      object: key,
      found: `two homes: ${by.map(({ member }) => member).join(", ")}`,
      allowed: "one site for a node: the same identity running twice signs twice, and breaks the channels that know it",
      fix: "name its site once; to have a node on the other one as well, add one with a name of its own",
    },
  ];
}

function sharedSecret(key: string, by: NonEmpty<Wanted>): FederationFinding[] {
  const [{ object }] = by;
  const filled = by.some(({ object: one }) => ["data", "stringData"].some((field) => !isEmpty(one[field])));
  if (object.kind !== "Secret" || by.length === 1 || !filled) return [];
  return [
    {
      object: key,
      found: `a Secret with data for ${by.map(({ member }) => member).join(", ")}`,
      allowed: "one member: what is secret does not cross a border",
      fix: "make a Secret on each member where it is used, with values of its own",
    },
  ];
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
