import { pods, namespaces } from "../cel";
import { clusterObject, deployment } from "../examples";
import { at, containersOf, fields, items, podKinds, podOf, texts, textsOf, type Fields, shown } from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "pods", scope: "object", kinds: podKinds } as const;
const restricted = "Kubernetes documentation, Pod Security Standards: Restricted";
const baseline = "Kubernetes documentation, Pod Security Standards: Baseline";

/** What a container's or its pod's security context says of a field; the container's own word wins. */
const said = (object: Manifest, container: Fields, field: string): unknown =>
  at(container, "securityContext", field) ?? at(podOf(object)?.spec, "securityContext", field);

/** A fault of each container of which something is found. */
const ofContainers =
  (find: (object: Manifest, container: Fields) => string | undefined) =>
  (object: Manifest): Fault[] =>
    containersOf(object).flatMap(({ name, container }) => {
      const found = find(object, container);
      return found === undefined ? [] : [{ found: `${found} of container ${name}` }];
    });

const securityContext = (context: Fields): Fields => ({ securityContext: context });

/** The Pod Security level `restricted`, and what we ask beyond it. */
export const podRules: readonly ObjectRule[] = [
  {
    ...common,
    kinds: ["Namespace"],
    id: "pods-restricted-namespace",
    title: "Every namespace enforces the Pod Security level restricted",
    severity: "mandatory",
    why: "Whatever somebody puts beside the nodes later is held to the same level, by the API server itself.",
    sources: [restricted, "GB/T 22239-2019 (MLPS 2.0), secure computing environment: access control"],
    remedy: "Label the namespace pod-security.kubernetes.io/enforce: restricted.",
    check: (object) => {
      const level = textsOf(object.metadata.labels)["pod-security.kubernetes.io/enforce"];
      return level === "restricted" ? [] : [{ found: `Pod Security level ${level ?? "not set"}` }];
    },
    examples: {
      bad: clusterObject("v1", "Namespace", "trade-amber", {}),
      good: labelled(clusterObject("v1", "Namespace", "trade-amber", {}), {
        "pod-security.kubernetes.io/enforce": "restricted",
      }),
    },
    cel: {
      on: namespaces,
      expression: "object.metadata.?labels[?'pod-security.kubernetes.io/enforce'].orValue('') == 'restricted'",
      message: "the namespace must enforce the Pod Security level restricted",
    },
  },
  {
    ...common,
    id: "pods-not-root",
    title: "No container runs as root",
    severity: "mandatory",
    why: "Fabric's stock images name no user and would run as root; a way out of the container is then root on the machine.",
    sources: [restricted],
    remedy: "Set runAsNonRoot: true and a user other than 0.",
    check: ofContainers((object, container) => {
      if (said(object, container, "runAsUser") === 0) return "runAsUser 0";
      return said(object, container, "runAsNonRoot") === true ? undefined : "no runAsNonRoot: true";
    }),
    examples: {
      bad: deployment({}, securityContext({ runAsUser: 0 })),
      good: deployment({}, securityContext({ runAsNonRoot: true, runAsUser: 10001 })),
    },
    cel: {
      on: pods,
      expression:
        "variables.containers.all(c, c.?securityContext.?runAsNonRoot.or(variables.pod.?securityContext.?runAsNonRoot).orValue(false) && c.?securityContext.?runAsUser.or(variables.pod.?securityContext.?runAsUser).orValue(1) != 0)",
      message: "no container may run as root",
    },
  },
  {
    ...common,
    id: "pods-not-privileged",
    title: "No container is privileged or may gain privileges",
    severity: "mandatory",
    why: "A privileged container is the machine: it reads every other pod's keys.",
    sources: [restricted, "GB/T 22239-2019 (MLPS 2.0), secure computing environment: access control"],
    remedy: "Leave privileged out, and set allowPrivilegeEscalation: false.",
    check: ofContainers((_, container) => {
      if (at(container, "securityContext", "privileged") === true) return "privileged: true";
      return at(container, "securityContext", "allowPrivilegeEscalation") === false
        ? undefined
        : "no allowPrivilegeEscalation: false";
    }),
    examples: {
      bad: deployment(securityContext({ privileged: true })),
      good: deployment(securityContext({ allowPrivilegeEscalation: false })),
    },
    cel: {
      on: pods,
      expression:
        "variables.containers.all(c, !c.?securityContext.?privileged.orValue(false) && !c.?securityContext.?allowPrivilegeEscalation.orValue(true))",
      message: "no container may be privileged or gain privileges",
    },
  },
  {
    ...common,
    id: "pods-no-capabilities",
    title: "Every container drops all capabilities",
    severity: "mandatory",
    why: "No process of Fabric needs one, and each is a way on for whoever gets into it.",
    sources: [restricted],
    remedy: "Set capabilities to drop ALL, and add none.",
    check: ofContainers((_, container) => {
      const { drop, add } = fields(at(container, "securityContext", "capabilities"));
      const added = texts(add);
      if (added.length > 0) return `the capability ${added.join(", ")}`;
      return texts(drop).includes("ALL") ? undefined : "capabilities that are not dropped";
    }),
    examples: {
      bad: deployment(securityContext({ capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } })),
      good: deployment(securityContext({ capabilities: { drop: ["ALL"] } })),
    },
    cel: {
      on: pods,
      expression:
        "variables.containers.all(c, 'ALL' in c.?securityContext.?capabilities.?drop.orValue([]) && c.?securityContext.?capabilities.?add.orValue([]).size() == 0)",
      message: "every container must drop all capabilities",
    },
  },
  {
    ...common,
    id: "pods-read-only-root",
    title: "The root file system of every container is read-only",
    severity: "mandatory",
    why: "What is written beside the volumes is gone at the next start, and a program that was put there is not.",
    sources: ["Kubernetes documentation, Configure a Security Context for a Pod or Container"],
    remedy: "Set readOnlyRootFilesystem: true, and mount an emptyDir where a program must write.",
    check: ofContainers((_, container) =>
      at(container, "securityContext", "readOnlyRootFilesystem") === true
        ? undefined
        : "a root file system to write to",
    ),
    examples: {
      bad: deployment({}),
      good: deployment(securityContext({ readOnlyRootFilesystem: true })),
    },
    cel: {
      on: pods,
      expression: "variables.containers.all(c, c.?securityContext.?readOnlyRootFilesystem.orValue(false))",
      message: "the root file system of every container must be read-only",
    },
  },
  {
    ...common,
    id: "pods-seccomp",
    title: "Every container has a seccomp profile",
    severity: "mandatory",
    why: "Without one a container may make every call to the kernel, also those in which faults are found.",
    sources: [restricted],
    remedy: "Set the pod's seccompProfile to RuntimeDefault.",
    check: ofContainers((object, container) => {
      const { type } = fields(said(object, container, "seccompProfile"));
      return type === "RuntimeDefault" || type === "Localhost" ? undefined : `the seccomp profile ${shown(type)}`;
    }),
    examples: {
      bad: deployment({}, securityContext({ seccompProfile: { type: "Unconfined" } })),
      good: deployment({}, securityContext({ seccompProfile: { type: "RuntimeDefault" } })),
    },
    cel: {
      on: pods,
      expression:
        "variables.containers.all(c, c.?securityContext.?seccompProfile.or(variables.pod.?securityContext.?seccompProfile).?type.orValue('') in ['RuntimeDefault', 'Localhost'])",
      message: "every container must have a seccomp profile",
    },
  },
  {
    ...common,
    id: "pods-not-of-the-host",
    title: "No pod has anything of its machine: network, processes, memory, files or ports",
    severity: "mandatory",
    why: "NetworkPolicies do not hold pods on the machine's network, and a path of the machine leads to other pods' volumes.",
    sources: [baseline],
    remedy: "Leave out hostNetwork, hostPID, hostIPC, hostPath volumes and hostPort.",
    check: (object) => {
      const spec = podOf(object)?.spec ?? {};
      return [
        ...["hostNetwork", "hostPID", "hostIPC"].filter((key) => spec[key] === true).map((key) => ({ found: key })),
        ...items(spec["volumes"])
          .filter(({ hostPath }) => hostPath !== undefined)
          .map(({ name }) => ({ found: `the hostPath volume ${shown(name)}` })),
        ...containersOf(object)
          .filter(({ container }) =>
            items(container["ports"]).some(({ hostPort }) => typeof hostPort === "number" && hostPort > 0),
          )
          .map(({ name }) => ({ found: `a hostPort of container ${name}` })),
      ];
    },
    examples: {
      bad: deployment({}, { hostNetwork: true }),
      good: deployment({ ports: [{ name: "grpc", containerPort: 9999 }] }),
    },
    cel: {
      on: pods,
      expression:
        "!variables.pod.?hostNetwork.orValue(false) && !variables.pod.?hostPID.orValue(false) && !variables.pod.?hostIPC.orValue(false) && variables.pod.?volumes.orValue([]).all(v, !has(v.hostPath)) && variables.containers.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))",
      message: "a pod may have nothing of its machine",
    },
  },
  {
    ...common,
    id: "pods-resources",
    title: "Every container asks for CPU and memory, and has a limit of memory",
    severity: "mandatory",
    why: "A container that asks for nothing is the first to be evicted; one without a limit of memory takes its neighbours with it.",
    sources: ["Kubernetes documentation, Resource Management for Pods and Containers"],
    remedy: "Set requests of cpu and memory, and a limit of memory.",
    check: ofContainers((_, container) => {
      const missing = [
        ...["cpu", "memory"]
          .filter((key) => at(container, "resources", "requests", key) === undefined)
          .map((key) => `request of ${key}`),
        ...(at(container, "resources", "limits", "memory") === undefined ? ["limit of memory"] : []),
      ];
      return missing.length === 0 ? undefined : `no ${missing.join(", no ")}`;
    }),
    examples: {
      bad: deployment({ resources: { requests: { cpu: "50m" } } }),
      good: deployment({ resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "256Mi" } } }),
    },
    cel: {
      on: pods,
      expression:
        "variables.containers.all(c, c.?resources.?requests.?cpu.hasValue() && c.?resources.?requests.?memory.hasValue() && c.?resources.?limits.?memory.hasValue())",
      message: "every container must ask for CPU and memory, and have a limit of memory",
    },
  },
];

function labelled(object: Manifest, labels: Readonly<Record<string, string>>): Manifest {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } };
}
