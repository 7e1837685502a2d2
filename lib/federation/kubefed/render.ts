import type { Json, KubeObject } from "../../constructs/manifests";
import { appliedId, type Applied, type Federation } from "../applied";
import { renderLocal } from "../direct";
import { assertSayable } from "../findings";
import { kindOf, resourceName, type KindName } from "../kinds";
import { objectFor, type Propagated, type Propagation } from "../propagation";
import { kubefedMembers } from "./members";
import { unsayable } from "./limits";
import { federatedKind, federatedVersion, typeConfig, typeDefinition } from "./types";

/** On a carrying object: what it made stays on the members when it goes. */
const orphan = { "kubefed.io/orphan": "true" };

/**
 * What a host of KubeFed is given so that the members have their objects: a carrying object for each, the types of these, and
 * the members. Of all of it only namespaces take effect on the host itself; a carrying one stands in the host's namespace
 * of its name.
 *
 * @throws Unpropagatable with everything that KubeFed cannot say
 */
export function renderKubefed(propagation: Propagation, federation: Federation): Applied[] {
  assertSayable(unsayable(propagation.propagated));
  const { host } = federation;
  const registered = kubefedMembers(federation);
  const kinds = new Map(
    propagation.propagated.map(({ template }) => {
      const kind = kindOf(template);
      return [resourceName(kind), kind] as const;
    }),
  );
  const spaces = new Map(
    propagation.propagated.flatMap((object) =>
      object.template.kind === "Namespace" ? [[object.template.metadata.name, object] as const] : [],
    ),
  );
  const types = [...kinds.values()].flatMap((kind) => carryingType(host, kind));
  const typeOf = new Map(types.map((one) => [one.object.metadata.name, appliedId(one)]));

  const carried = propagation.propagated.flatMap((object): Applied[] => {
    const { kind, metadata } = object.template;
    const namespace = kind === "Namespace" ? metadata.name : metadata.namespace;
    const space = namespace === undefined ? undefined : spaces.get(namespace);
    const type = typeOf.get(resourceName(kindOf(object.template)));
    const after = [
      ...(type === undefined ? [] : [type]),
      ...object.placement.flatMap((member) => registered.ready(member)),
      ...(space === undefined ? [] : [`${host}:Namespace/${namespace}`]),
      ...(space === undefined || kind === "Namespace" ? [] : [`${host}:FederatedNamespace/${namespace}/${namespace}`]),
    ];
    const carrying: Applied = {
      cluster: host,
      object: federated(object),
      brings: object.placement.map((member) => ({ member, key: object.key })),
      after,
    };
    if (kind !== "Namespace") return [carrying];
    return [{ cluster: host, object: object.template, brings: [], after: [] }, carrying];
  });
  return [...registered.applied, ...renderLocal(propagation), ...types, ...carried];
}

function carryingType(host: string, kind: KindName): Applied[] {
  const definition: Applied = { cluster: host, object: typeDefinition(kind), brings: [], after: [], common: true };
  return [
    definition,
    { cluster: host, object: typeConfig(kind), brings: [], after: [appliedId(definition)], common: true },
  ];
}

/** The object that carries another one to its members. */
function federated(object: Propagated): KubeObject {
  const { template, placement } = object;
  const { kind, metadata } = template;
  const namespace = kind === "Namespace" ? metadata.name : metadata.namespace;
  const overrides = placement.flatMap((member) => {
    const operations = memberOperations(object, member);
    return operations.length === 0 ? [] : [{ clusterName: member, clusterOverrides: operations }];
  });
  return {
    apiVersion: federatedVersion,
    kind: federatedKind(kind),
    metadata: {
      name: metadata.name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: metadata.labels,
      ...(kind === "Namespace" ? { annotations: orphan } : {}),
    },
    spec: {
      template: bodyOf(template),
      placement: { clusters: placement.map((name) => ({ name })) },
      ...(overrides.length === 0 ? {} : { overrides }),
    },
  };
}

/** What KubeFed takes from a template: neither what names the object nor its annotations, which it would drop. */
function bodyOf(template: KubeObject): Json {
  const named = new Set(["apiVersion", "kind", "metadata"]);
  const fields = Object.entries(template).filter(([field]) => !named.has(field)) as [string, Json][];
  return { metadata: { labels: template.metadata.labels }, ...Object.fromEntries(fields) };
}

/**
 * A member's overrides. Annotations are said by them alone: KubeFed leaves them out of every template, and one key of them
 * has no parent yet when the object is made.
 */
function memberOperations(object: Propagated, member: string): Json[] {
  const own = object.overrides.find((one) => one.member === member)?.operations ?? [];
  const others = own.filter(({ path }) => !/^\/metadata\/annotations(\/|$)/.test(path));
  const annotations = objectFor(object, member).metadata.annotations ?? {};
  const lowered: Json[] =
    Object.keys(annotations).length === 0 ? [] : [{ op: "add", path: "/metadata/annotations", value: annotations }];
  return [...others.map((operation): Json => ({ ...operation })), ...lowered];
}
