import { roleLabel, type Fields } from "./manifest";
import type { Manifest, Stack } from "./rule";

/** Objects for the examples of rules: small, and such as an API server would take. */

const namespace = "trade-amber";

/** An object of organisation amber. */
export function object(apiVersion: string, kind: string, name: string, rest: Fields): Manifest {
  return {
    apiVersion,
    kind,
    metadata: {
      namespace,
      name,
      labels: { "fabric-topologies.dev/network": "trade", "fabric-topologies.dev/organisation": "amber" },
    },
    ...rest,
  };
}

/** The same without a namespace. */
export function clusterObject(apiVersion: string, kind: string, name: string, rest: Fields): Manifest {
  return {
    apiVersion,
    kind,
    metadata: { name, labels: { "fabric-topologies.dev/network": "trade" } },
    ...rest,
  };
}

const image = "docker.io/hyperledger/fabric-peer:3.1.5";

/** A Deployment of one container, with what an example says about the container and its pod. */
export function deployment(container: Fields, pod: Fields = {}): Manifest {
  const labels = { [roleLabel]: "chaincode" };
  return object("apps/v1", "Deployment", "chaincode", {
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { ...pod, containers: [{ name: "chaincode", image, ...container }] },
      },
    },
  });
}

interface SetShape {
  readonly role: string;
  readonly replicas: number;
  /** What the set says beyond that. */
  readonly spec?: Fields;
  readonly container?: Fields;
  readonly pod?: Fields;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A StatefulSet called as its role. */
export function statefulSet({ role, replicas, spec = {}, container = {}, pod = {}, labels = {} }: SetShape): Manifest {
  const selector = { [roleLabel]: role };
  return object("apps/v1", "StatefulSet", role, {
    spec: {
      replicas,
      serviceName: `${role}-svc`,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: { ...selector, ...labels } },
        spec: { ...pod, containers: [{ name: role, image, ...container }] },
      },
      ...spec,
    },
  });
}

/** The claim of one of a set's pods, in a zone. */
function claim(role: string, ordinal: number, zone: string): Manifest {
  const made = object("v1", "PersistentVolumeClaim", `data-${role}-${ordinal}`, {
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: `trade-${zone}`,
      resources: { requests: { storage: "20Gi" } },
    },
  });
  return {
    ...made,
    metadata: { ...made.metadata, labels: { ...made.metadata.labels, "topology.kubernetes.io/zone": zone } },
  };
}

/** A set with claims that put its pods into these zones, in their order. */
export function placedSet(role: string, zones: readonly string[]): readonly Manifest[] {
  return [statefulSet({ role, replicas: zones.length }), ...zones.map((zone, ordinal) => claim(role, ordinal, zone))];
}

/** All of it on one site. */
export function stack(...objects: readonly Manifest[]): Stack {
  return { sites: [{ site: "city", objects }] };
}
