import { dormantLabel } from "../../lib/constructs/manifests";
import { named, workloads } from "../cel";
import { deployment, object, placedSet, stack, statefulSet } from "../examples";
import {
  at,
  keyOf,
  organisationLabel,
  podOf,
  replicasOf,
  roleLabel,
  selects,
  textsOf,
  type Fields,
  shown,
} from "../manifest";
import type { Fault, Manifest, Rule } from "../rule";

const common = { domain: "names" } as const;
const networkLabel = "fabric-topologies.dev/network";

const headless = object("v1", "Service", "peer-svc", {
  spec: { clusterIP: "None", ports: [{ name: "grpc", port: 7051 }] },
});

/** Labels of pods that never change, so that a selector may be made of them. */
const lasting = new Set([
  roleLabel,
  organisationLabel,
  networkLabel,
  "app.kubernetes.io/name",
  "app.kubernetes.io/instance",
]);

const withMetadata = (one: Manifest, metadata: Fields): Manifest => ({
  ...one,
  metadata: { ...one.metadata, ...metadata },
});

const selecting = (selector: Fields): Manifest =>
  object("v1", "Service", "gateway-amber", { spec: { selector, ports: [{ name: "grpc", port: 7051 }] } });

/** The labels of each pod that an object makes; Kubernetes gives those of a StatefulSet their names as labels. */
function podLabelsOf(one: Manifest): readonly Readonly<Record<string, string>>[] {
  const labels = podOf(one)?.labels;
  if (labels === undefined) return [];
  if (one.kind !== "StatefulSet") return [labels];
  // A dormant node has its Service before anybody starts it.
  const dormant = textsOf(at(one, "metadata", "labels"))[dormantLabel] !== undefined;
  return Array.from({ length: Math.max(replicasOf(one), dormant ? 1 : 0) }, (_, ordinal) => ({
    ...labels,
    "statefulset.kubernetes.io/pod-name": `${one.metadata.name}-${ordinal}`,
  }));
}

/** By names Pulumi, people and ledgers know an object: one that changes is another object. */
export const nameRules: readonly Rule[] = [
  {
    ...common,
    scope: "object",
    kinds: [
      "Namespace",
      "StorageClass",
      "StatefulSet",
      "Deployment",
      "PersistentVolumeClaim",
      "Service",
      "ConfigMap",
      "ServiceAccount",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Role",
      "RoleBinding",
      "Job",
    ],
    id: "names-labelled",
    title: "Every object says which network it belongs to, and in a namespace which organisation",
    severity: "mandatory",
    why: "By these labels the look at the live cluster tells ours from other people's objects, and policies and people find them.",
    sources: ["Kubernetes documentation, Recommended Labels", "docs/decisions/protecting-ledgers.md"],
    remedy: `Label it ${networkLabel} and ${organisationLabel}.`,
    check: (one) => {
      const labels = textsOf(one.metadata.labels);
      // A site's gateway serves all organisations and belongs to none.
      const ofNobody = one.metadata.namespace === undefined || labels[roleLabel] === "gateway";
      const needed = ofNobody ? [networkLabel] : [networkLabel, organisationLabel];
      return needed.filter((key) => labels[key] === undefined).map((key): Fault => ({ found: `no label ${key}` }));
    },
    examples: {
      bad: withMetadata(headless, { labels: { app: "peer" } }),
      good: headless,
    },
  },
  {
    ...common,
    scope: "object",
    kinds: ["StatefulSet", "Deployment", "PersistentVolumeClaim", "Service", "ConfigMap", "Job", "Namespace"],
    id: "names-given",
    title: "Every object has a name of its own, and none that the cluster makes up",
    severity: "mandatory",
    why: "A name with a random end is another one in every run: the object is replaced, and what refers to it is lost.",
    sources: ["Kubernetes documentation, Object Names and IDs", "docs/decisions/layout.md"],
    remedy: "Set metadata.name, and take generateName away.",
    check: ({ metadata }) => [
      ...(metadata["generateName"] === undefined ? [] : [{ found: `generateName ${shown(metadata["generateName"])}` }]),
      ...(typeof metadata.name === "string" && metadata.name !== "" ? [] : [{ found: "no name" }]),
    ],
    examples: {
      bad: withMetadata(headless, { generateName: "peer-svc-" }),
      good: headless,
    },
    cel: {
      on: named,
      expression: "!has(object.metadata.generateName)",
      message: "every object must have a name of its own",
    },
  },
  {
    ...common,
    scope: "object",
    kinds: ["StatefulSet", "Deployment"],
    id: "names-lasting-selectors",
    title: "Workloads select their pods by labels that never change",
    severity: "mandatory",
    why: "A selector cannot be changed in place: with a version or a digest in it, the next upgrade replaces the workload, and all of its pods at once.",
    sources: ["Kubernetes documentation, Deployments: Label selector updates"],
    remedy: `Select by ${roleLabel} and app.kubernetes.io/instance.`,
    check: (one) => {
      const selector = textsOf(at(one, "spec", "selector", "matchLabels"));
      const labels = textsOf(at(one, "spec", "template", "metadata", "labels"));
      return Object.entries(selector).flatMap(([key, value]): Fault[] => {
        if (!lasting.has(key)) return [{ found: `the label ${key} in its selector` }];
        return labels[key] === value ? [] : [{ found: `${key}: ${value} in its selector, and not on its pods` }];
      });
    },
    examples: {
      bad: object("apps/v1", "Deployment", "chaincode", {
        spec: {
          selector: { matchLabels: { "app.kubernetes.io/version": "1.0" } },
          template: {
            metadata: { labels: { "app.kubernetes.io/version": "1.0" } },
            spec: { containers: [{ name: "chaincode", image: "registry.example.com/asset-transfer:1.0" }] },
          },
        },
      }),
      good: deployment({}),
    },
    cel: {
      on: workloads,
      expression: `object.spec.selector.?matchLabels.orValue({}).all(k, k in [${[...lasting].map((label) => `'${label}'`).join(", ")}] && object.spec.template.metadata.?labels[?k].orValue('') == object.spec.selector.matchLabels[k])`,
      message: "workloads must select their pods by labels that never change",
    },
  },
  {
    ...common,
    scope: "stack",
    id: "names-headless-service",
    title: "The Service that gives a set's pods their names stands, and is headless",
    severity: "mandatory",
    why: "Without it pods have no DNS names: certificates, gossip and consenters are about hosts that do not exist.",
    sources: ["R6", "Kubernetes documentation, StatefulSets: Stable Network ID"],
    remedy: "Make the Service that serviceName names, with clusterIP: None.",
    check: (seen) =>
      seen.sites.flatMap(({ objects }) => {
        const services = new Map(
          objects.flatMap((one) => (one.kind === "Service" ? [[keyOf(one), one] as const] : [])),
        );
        return objects.flatMap((one): Fault[] => {
          if (one.kind !== "StatefulSet") return [];
          const name = shown(at(one, "spec", "serviceName"), "");
          const service = services.get(`Service/${one.metadata.namespace ?? ""}/${name}`);
          if (service === undefined)
            return [{ found: `serviceName ${name || "not set"}, and no such Service`, object: one }];
          if (at(service, "spec", "clusterIP") === "None") return [];
          return [{ found: `serviceName ${name}, which is not headless`, object: one }];
        });
      }),
    examples: {
      bad: stack(...placedSet("peer", ["zone-a", "zone-b"])),
      good: stack(statefulSet({ role: "peer", replicas: 2 }), headless),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "names-service-of-pods",
    title: "A Service selects pods that there are",
    severity: "mandatory",
    why: "A selector with a wrong word in it selects nobody: the name is in DNS, and whoever connects is refused.",
    sources: ["R6", "Kubernetes documentation, Service: Services without selectors"],
    remedy: "Select by the labels of the pods that are meant, or by statefulset.kubernetes.io/pod-name.",
    check: (seen) =>
      seen.sites.flatMap(({ objects }) => {
        const pods = objects.flatMap((one) =>
          podLabelsOf(one).map((labels) => ({ namespace: one.metadata.namespace, labels })),
        );
        return objects.flatMap((one): Fault[] => {
          const matchLabels = textsOf(at(one, "spec", "selector"));
          if (one.kind !== "Service" || Object.keys(matchLabels).length === 0) return [];
          const { namespace } = one.metadata;
          const found = pods.some((pod) => pod.namespace === namespace && selects({ matchLabels }, pod.labels));
          return found ? [] : [{ found: "a selector that takes no pod", object: one }];
        });
      }),
    examples: {
      bad: stack(statefulSet({ role: "peer", replicas: 2 }), selecting({ [roleLabel]: "peers" })),
      good: stack(statefulSet({ role: "peer", replicas: 2 }), selecting({ [roleLabel]: "peer" })),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "names-once",
    title: "No two objects of a site have the same kind, namespace and name",
    severity: "mandatory",
    why: "They would be one object in the cluster and two in Pulumi, each undoing what the other says.",
    sources: ["Kubernetes documentation, Object Names and IDs"],
    remedy: "Give one of them another name.",
    check: (seen) =>
      seen.sites.flatMap(({ objects }) => {
        const known = new Set<string>();
        return objects.flatMap((one): Fault[] => {
          const key = keyOf(one);
          if (known.has(key)) return [{ found: "a second object of this name", object: one }];
          known.add(key);
          return [];
        });
      }),
    examples: { bad: stack(headless, headless), good: stack(headless) },
  },
];
