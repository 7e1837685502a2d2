import { all, runtime, secret, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { labelKeys } from "../../constructs/labels";
import { objectKey, type KubeObject, type SiteManifests } from "../../constructs/manifests";
import { appliedId, type Applied, type ObjectAt, type Taken } from "../../federation/applied";
import { fieldAt, withField } from "../fields";
import { asApplied, protection } from "../protection";
import { withPublished, type Published } from "./abroad";
import { ClusterObjects, stackName } from "../site";
import type { SiteAccess } from "../site-access";
import { placeOf, stepsOf, wantedBy } from "./order";

/** What members are asked for while a federation is deployed. */
export interface Asked {
  /** Waits until a member shows an object as it is wanted. */
  readonly shows: (member: string, wanted: KubeObject) => Promise<void>;
  readonly published: Published;
}

/**
 * Registers everything that is applied to the clusters of a federation. What waits for an object that an engine brings to a
 * member waits until the member itself shows it: an engine has taken an object when its own API server has, and says that
 * all is well before it is, and after.
 *
 * @param clusters members and host
 * @param asked asks members; without it, as in a recording, nobody is asked
 * @returns when every member shows everything that engines bring
 */
export async function registerFederation(
  clusters: readonly SiteAccess[],
  applied: readonly Applied[],
  sites: readonly SiteManifests[],
  asked?: Asked,
  options?: ComponentResourceOptions,
): Promise<void> {
  const stack = stackName();
  const wanted = wantedBy(sites);
  const steps = stepsOf(applied, sites);
  const components = new Map(
    clusters
      .filter(({ name }) => steps.some((step) => step.applied.cluster === name))
      .map((access) => [access.name, new ClusterObjects(access, options)] as const),
  );
  const resources = new Map<string, Resource>();
  const shown = new Map<string, Promise<Resource>>();
  const publications: Promise<unknown>[] = [];
  const made = new Deferred();
  const published: Published | undefined =
    asked === undefined
      ? undefined
      : (...where) => {
          const publication = asked.published(...where);
          publications.push(publication);
          return publication;
        };
  const gate = (at: ObjectAt, resource: Resource): void => {
    const object = wanted.get(placeOf(at));
    if (asked === undefined || object === undefined || runtime.isDryRun()) return;
    const wait = registered(resource)
      // Before all is made an agent has nothing to be ready with; its time begins then.
      .then(() => (isAgent(object) ? made.promise : undefined))
      .then(() => asked.shows(at.member, object))
      .then(() => resource);
    // Who waits for it hears of a failure; that nobody may wait is no other failure.
    wait.catch(() => undefined);
    shown.set(placeOf(at), wait);
  };
  for (const { id, applied: one, after, gates } of steps) {
    const component = components.get(one.cluster);
    if (component === undefined) throw new Error(`${id}: no cluster ${one.cluster}`);
    const before = after.flatMap((other) => resources.get(other) ?? []);
    const open = gates.flatMap((at) => shown.get(placeOf(at)) ?? []);
    const resource = component.put(objectKey(one.object), given(one, stack, resources, published), {
      dependsOn: [...before, ...open],
      options: keeping(one),
    });
    resources.set(id, resource);
    for (const at of one.brings) if (at.member !== one.cluster || isAgent(one.object)) gate(at, resource);
  }
  for (const component of components.values()) component.end();
  void Promise.all([...resources.values()].map(registered)).then(made.resolve);
  await Promise.all([...shown.values(), ...publications]);
}

/**
 * An agent is ready when the channels are, on all sites. Pulumi works on so many resources at once and not on more: were it
 * to wait for agents, those of a few organisations on a few sites would leave no room for the nodes that they wait for.
 */
function isAgent(object: KubeObject): boolean {
  return object.kind === "Deployment" && object.metadata.labels[labelKeys.role] === "agent";
}

/** A promise that is kept from outside. */
class Deferred {
  resolve: () => void = () => undefined;
  readonly promise = new Promise<void>((resolve) => (this.resolve = resolve));
}

/** When the engine has made a resource. It is never so where that fails: then the whole run ends. */
const registered = (resource: Resource): Promise<void> =>
  new Promise((resolve) => {
    resource.urn.apply(() => resolve());
  });

/**
 * How Pulumi keeps what it applies. What is about the federation stays, as other networks may use it, but for members'
 * accounts and registrations: nobody keeps rights that he does not need. On the host nothing of a network is kept, as engines
 * are told to leave namespaces on the members, and hold no claims.
 */
function keeping({ object, brings, cluster, common }: Applied): ReturnType<typeof protection> {
  if (common === true) return keptKinds.has(object.kind) ? { retainOnDelete: true } : {};
  return brings.some(({ member }) => member === cluster) ? protection(object) : {};
}

const keptKinds: ReadonlySet<string> = new Set(["CustomResourceDefinition", "FederatedTypeConfig", "Namespace"]);

/** Kinds for which Pulumi would wait on a host, where nobody runs anything. */
const awaited: ReadonlySet<string> = new Set(["DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"]);

/** An object as Pulumi is given it. */
function given(
  one: Applied,
  stack: string,
  resources: ReadonlyMap<string, Resource>,
  published: Published | undefined,
): KubeObject {
  const { object, brings, cluster, common, takes = [] } = one;
  const atHome = common === true || brings.some(({ member }) => member === cluster);
  const whole = withPublished(asApplied(object, common === true ? undefined : stack), published);
  const annotations = Object.fromEntries(
    Object.entries(whole.metadata.annotations ?? {}).filter(([key]) => key !== "pulumi.com/replaceUnready"),
  );
  const applied: KubeObject =
    (atHome && !isAgent(object)) || !awaited.has(object.kind)
      ? whole
      : { ...whole, metadata: { ...whole.metadata, annotations: { ...annotations, "pulumi.com/skipAwait": "true" } } };
  return takes.reduce((filled, { path, from, at }) => {
    const resource = resources.get(from);
    if (resource === undefined) throw new Error(`${appliedId(one)} takes something from ${from}, which is not applied`);
    return withField(filled, path, secret(outputAt(resource, at))) as unknown as KubeObject;
  }, applied);
}

/** A value of a resource that its API server fills in. */
function outputAt(resource: Resource, [field, ...path]: Taken["at"]): Output<unknown> {
  const outputs = resource as unknown as Readonly<Record<string, Output<unknown>>>;
  return all([outputs[field]]).apply(([value]) => fieldAt(value, path) ?? "");
}
