import { budgets, services, statefulSets, workloads } from "../cel";
import { object, statefulSet } from "../examples";
import { at, containersOf, items, podOf, roleOf, shown } from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "disruption", scope: "object" } as const;

const budget = (spec: Record<string, unknown>): Manifest =>
  object("policy/v1", "PodDisruptionBudget", "peer-disruption", {
    spec: { selector: { matchLabels: { "fabric-topologies.dev/role": "peer" } }, minAvailable: 1, ...spec },
  });

const seconds = (value: unknown) => (typeof value === "number" ? value : 30);

/** How nodes go down and come back. */
export const disruptionRules: readonly ObjectRule[] = [
  {
    ...common,
    kinds: ["PodDisruptionBudget"],
    id: "disruption-unready-may-go",
    title: "A disruption budget lets pods go that are not ready",
    severity: "mandatory",
    why: "A pod that is not ready serves nobody. By default it may not go while others are unready too, and then neither a drain nor the renewal of an ended certificate gets it out of that state.",
    sources: ["R4", "Kubernetes documentation, Unhealthy Pod Eviction Policy"],
    remedy: "Set unhealthyPodEvictionPolicy to AlwaysAllow.",
    check: (one) => {
      const policy = at(one, "spec", "unhealthyPodEvictionPolicy");
      return policy === "AlwaysAllow" ? [] : [{ found: `unhealthyPodEvictionPolicy ${shown(policy)}` }];
    },
    examples: {
      bad: budget({}),
      good: budget({ unhealthyPodEvictionPolicy: "AlwaysAllow" }),
    },
    cel: {
      on: budgets,
      expression: "object.spec.?unhealthyPodEvictionPolicy.orValue('') == 'AlwaysAllow'",
      message: "unhealthyPodEvictionPolicy must be AlwaysAllow",
    },
  },
  {
    ...common,
    kinds: ["StatefulSet"],
    id: "disruption-ordered-start",
    title: "Nodes start one after the other, and roll by themselves",
    severity: "mandatory",
    why: "Started in parallel, all pods of a set go down at once when a change is bad; with OnDelete nobody knows which of them run what.",
    sources: ["R6", "docs/decisions/ordered-ready.md"],
    remedy: "Set podManagementPolicy to OrderedReady and updateStrategy to RollingUpdate, or leave both out.",
    check: (one) => {
      const policy = at(one, "spec", "podManagementPolicy") ?? "OrderedReady";
      const strategy = at(one, "spec", "updateStrategy", "type") ?? "RollingUpdate";
      return [
        ...(policy === "OrderedReady" ? [] : [{ found: `podManagementPolicy ${shown(policy)}` }]),
        ...(strategy === "RollingUpdate" ? [] : [{ found: `updateStrategy ${shown(strategy)}` }]),
      ];
    },
    examples: {
      bad: statefulSet({ role: "peer", replicas: 2, spec: { podManagementPolicy: "Parallel" } }),
      good: statefulSet({ role: "peer", replicas: 2, spec: { podManagementPolicy: "OrderedReady" } }),
    },
    cel: {
      on: statefulSets,
      expression:
        "object.spec.?podManagementPolicy.orValue('OrderedReady') == 'OrderedReady' && object.spec.?updateStrategy.?type.orValue('RollingUpdate') == 'RollingUpdate'",
      message: "podManagementPolicy must be OrderedReady, and updateStrategy RollingUpdate",
    },
  },
  {
    ...common,
    kinds: ["StatefulSet"],
    id: "disruption-time-to-stop",
    title: "A node gets at least ten seconds to stop",
    severity: "mandatory",
    why: "A peer or ordering node that is killed at once replays its ledger at the next start, and a leader hands nothing over.",
    sources: ["Kubernetes documentation, Pod Lifecycle: Termination of Pods"],
    remedy: "Set terminationGracePeriodSeconds to 30, or leave it out.",
    check: (one) => {
      const given = seconds(podOf(one)?.spec["terminationGracePeriodSeconds"]);
      return given >= 10 ? [] : [{ found: `terminationGracePeriodSeconds ${given}` }];
    },
    examples: {
      bad: statefulSet({ role: "peer", replicas: 2, pod: { terminationGracePeriodSeconds: 0 } }),
      good: statefulSet({ role: "peer", replicas: 2, pod: { terminationGracePeriodSeconds: 30 } }),
    },
    cel: {
      on: statefulSets,
      expression: "object.spec.template.spec.?terminationGracePeriodSeconds.orValue(30) >= 10",
      message: "terminationGracePeriodSeconds must be 10 or more",
    },
  },
  {
    ...common,
    kinds: ["StatefulSet"],
    id: "disruption-liveness-of-itself",
    title: "A peer is not restarted because its database, or anything else beside it, does not answer",
    severity: "mandatory",
    why: "Fabric's /healthz tells of everything that a peer depends on, CouchDB included. As a liveness probe it restarts a sound peer for a fault that the restart does not mend.",
    sources: [
      "Fabric documentation, The Operations Service: Health checks",
      "Kubernetes documentation, Liveness, Readiness, and Startup Probes",
    ],
    remedy: "Let the liveness probe ask the node's own port (tcpSocket), and the readiness probe /healthz.",
    check: (one) =>
      containersOf(one).flatMap(({ name, container }): Fault[] =>
        at(container, "livenessProbe", "httpGet", "path") === "/healthz" &&
        ["peer", "orderer"].includes(roleOf(one) ?? "")
          ? [{ found: `/healthz as the liveness probe of container ${name}` }]
          : [],
      ),
    examples: {
      bad: statefulSet({
        role: "peer",
        replicas: 2,
        container: { livenessProbe: { httpGet: { path: "/healthz", port: 9443, scheme: "HTTPS" } } },
      }),
      good: statefulSet({ role: "peer", replicas: 2, container: { livenessProbe: { tcpSocket: { port: 7051 } } } }),
    },
    cel: {
      on: statefulSets,
      expression:
        "!(variables.role in ['peer', 'orderer']) || (variables.template.spec.containers + variables.template.spec.?initContainers.orValue([])).all(c, c.?livenessProbe.?httpGet.?path.orValue('') != '/healthz')",
      message: "a node's liveness probe must not ask /healthz",
    },
  },
  {
    ...common,
    kinds: ["StatefulSet", "Deployment"],
    id: "disruption-told-by-probes",
    title: "Pods say when they are ready, and each of their containers whether it is alive",
    severity: "mandatory",
    why: "A pod without a readiness probe counts as ready while it starts: rolling updates go on to the next, and budgets count it. A program that hangs is restarted only where somebody asks it.",
    sources: ["R6", "Kubernetes documentation, Liveness, Readiness, and Startup Probes"],
    remedy: "Give one container of the pod a readiness probe, and each a liveness probe.",
    check: (one): Fault[] => {
      const containers = items(podOf(one)?.spec["containers"]);
      return [
        ...(containers.some(({ readinessProbe }) => readinessProbe !== undefined)
          ? []
          : [{ found: "no readiness probe" }]),
        ...containers
          .filter(({ livenessProbe }) => livenessProbe === undefined)
          .map(({ name }) => ({ found: `no liveness probe of container ${shown(name)}` })),
      ];
    },
    examples: {
      bad: statefulSet({ role: "peer", replicas: 2, container: { livenessProbe: { tcpSocket: { port: 7051 } } } }),
      good: statefulSet({
        role: "peer",
        replicas: 2,
        container: {
          livenessProbe: { tcpSocket: { port: 7051 } },
          readinessProbe: { httpGet: { path: "/healthz", port: 9443, scheme: "HTTPS" } },
        },
      }),
    },
    cel: {
      on: workloads,
      expression:
        "object.spec.template.spec.containers.exists(c, has(c.readinessProbe)) && object.spec.template.spec.containers.all(c, has(c.livenessProbe))",
      message: "a pod must say when it is ready, and each of its containers whether it is alive",
    },
  },
  {
    ...common,
    kinds: ["Service"],
    id: "disruption-unready-leave-dns",
    title: "A node that is not ready leaves DNS",
    severity: "mandatory",
    why: "While a dead zone's pods stay in DNS, the living dial them, and Raft waits for three quarters of a minute. An agent may show others what it knows before all is done.",
    sources: ["R6", "docs/decisions/unready-names.md"],
    remedy: "Set publishNotReadyAddresses to false, or leave it out.",
    check: (one) =>
      at(one, "spec", "publishNotReadyAddresses") === true && roleOf(one) !== "agent"
        ? [{ found: "publishNotReadyAddresses true" }]
        : [],
    examples: {
      bad: object("v1", "Service", "peer-svc", {
        spec: { clusterIP: "None", publishNotReadyAddresses: true, ports: [{ name: "grpc", port: 7051 }] },
      }),
      good: object("v1", "Service", "peer-svc", { spec: { clusterIP: "None", ports: [{ name: "grpc", port: 7051 }] } }),
    },
    cel: {
      on: services,
      expression:
        "!object.spec.?publishNotReadyAddresses.orValue(false) || object.metadata.?labels[?'fabric-topologies.dev/role'].orValue('') == 'agent'",
      message: "publishNotReadyAddresses must not be true",
    },
  },
];
