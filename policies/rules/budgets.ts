import { raftTolerance } from "../../lib/placement/quorum";
import { object, stack, statefulSet } from "../examples";
import { at, fields, podOf, replicasOf, roleOf, selects } from "../manifest";
import { nodesOf } from "../nodes";
import type { Fault, Manifest, Stack, StackRule } from "../rule";

const common = { domain: "disruption" } as const;

/** A budget of an organisation's pods of one role. */
const budget = (role: string, spec: Record<string, unknown>): Manifest =>
  object("policy/v1", "PodDisruptionBudget", `${role}-disruption`, {
    spec: { selector: { matchLabels: { "fabric-topologies.dev/role": role } }, ...spec },
  });

/** Pods that a budget is over, and how many of them it lets go at once while all are well. */
interface Covered {
  readonly budget: Manifest;
  readonly pods: number;
  readonly mayGo: number;
}

/** Workloads and budgets of each namespace of each site. */
function namespacesOf({
  sites,
}: Stack): { readonly workloads: readonly Manifest[]; readonly budgets: readonly Manifest[] }[] {
  return sites.flatMap(({ objects }) => {
    const rooms = new Map<string, { workloads: Manifest[]; budgets: Manifest[] }>();
    for (const one of objects) {
      const { namespace } = one.metadata;
      if (namespace === undefined) continue;
      const room = rooms.get(namespace) ?? { workloads: [], budgets: [] };
      rooms.set(namespace, room);
      if (one.kind === "PodDisruptionBudget") room.budgets.push(one);
      if (one.kind === "StatefulSet" || one.kind === "Deployment") room.workloads.push(one);
    }
    return [...rooms.values()];
  });
}

const takes = (one: Manifest, workload: Manifest): boolean =>
  selects(at(one, "spec", "selector"), podOf(workload)?.labels ?? {});

function coveredBy(seen: Stack): readonly Covered[] {
  return namespacesOf(seen).flatMap(({ workloads, budgets }) =>
    budgets.map((one): Covered => {
      const pods = workloads
        .filter((workload) => takes(one, workload))
        .reduce((sum, workload) => sum + replicasOf(workload), 0);
      return { budget: one, pods, mayGo: mayGo(one, pods) };
    }),
  );
}

/** Kubernetes, "Specifying a Disruption Budget": a number or a percentage, which is rounded up. */
function mayGo(one: Manifest, pods: number): number {
  const amount = (value: unknown) => {
    if (typeof value === "number") return value;
    return typeof value === "string" && value.endsWith("%") ? Math.ceil((pods * Number(value.slice(0, -1))) / 100) : 0;
  };
  const { minAvailable, maxUnavailable } = fields(at(one, "spec"));
  return maxUnavailable === undefined
    ? Math.max(0, pods - amount(minAvailable))
    : Math.min(pods, amount(maxUnavailable));
}

/** Workloads of these kinds of which a namespace has two pods or more of a role, and no budget. */
function unprotected(seen: Stack, kind: "StatefulSet" | "Deployment"): Fault[] {
  return namespacesOf(seen).flatMap(({ workloads, budgets }) =>
    workloads
      .filter((workload) => workload.kind === kind)
      .filter((workload) => {
        const alike = workloads.filter((other) => roleOf(other) === roleOf(workload));
        return alike.reduce((sum, other) => sum + replicasOf(other), 0) > 1;
      })
      .filter((workload) => !budgets.some((one) => takes(one, workload)))
      .map((workload) => ({ found: "several pods of a role, and no disruption budget over them", object: workload })),
  );
}

const server = (role: string, replicas: number): Manifest =>
  object("apps/v1", "Deployment", role, {
    spec: {
      replicas,
      selector: { matchLabels: { "fabric-topologies.dev/role": role } },
      template: {
        metadata: { labels: { "fabric-topologies.dev/role": role } },
        spec: { containers: [{ name: role, image: "docker.io/fabric-topologies/agent:0.1.0" }] },
      },
    },
  });

/** What maintenance may take. */
export const budgetRules: readonly StackRule[] = [
  {
    ...common,
    scope: "stack",
    id: "disruption-budget-of-nodes",
    title: "Peers, ordering nodes and authorities of which there are several have a disruption budget",
    severity: "mandatory",
    why: "Without a budget a cluster upgrade may drain two machines at once, and take an organisation's last peer or Raft's majority without anything having failed.",
    sources: [
      "R6",
      "Kubernetes documentation, Specifying a Disruption Budget for your Application",
      "docs/decisions/disruption-budgets.md",
    ],
    remedy: "Make a PodDisruptionBudget that selects the role's pods and leaves all but one.",
    check: (seen) => unprotected(seen, "StatefulSet"),
    examples: {
      bad: stack(statefulSet({ role: "peer", replicas: 2 })),
      good: stack(statefulSet({ role: "peer", replicas: 2 }), budget("peer", { minAvailable: 1 })),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "disruption-budget-of-servers",
    title: "Agents and chaincode servers of which there are several have a disruption budget",
    severity: "advisory",
    why: "Two machines drained at once may take both of them. They come back elsewhere within seconds, as they have no volume; until then nothing is endorsed, or nothing reconciled.",
    sources: ["Kubernetes documentation, Specifying a Disruption Budget for your Application"],
    remedy: "Make a PodDisruptionBudget that selects the role's pods and leaves one.",
    check: (seen) => unprotected(seen, "Deployment"),
    examples: {
      bad: stack(server("agent", 2)),
      good: stack(server("agent", 2), budget("agent", { minAvailable: 1 })),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "disruption-one-at-a-time",
    title: "A disruption budget lets one pod go at a time",
    severity: "mandatory",
    why: "What maintenance takes is gone when a fault comes on top of it: with two ordering nodes out, five consenters survive no fault any more.",
    sources: ["R6", "docs/decisions/disruption-budgets.md"],
    remedy: "Set minAvailable to one fewer than there are, or maxUnavailable to 1.",
    check: (seen) =>
      coveredBy(seen).flatMap((one): Fault[] =>
        one.mayGo > 1 ? [{ found: `${one.mayGo} of ${one.pods} pods that may go at once`, object: one.budget }] : [],
      ),
    examples: {
      bad: stack(statefulSet({ role: "orderer", replicas: 5 }), budget("orderer", { minAvailable: 2 })),
      good: stack(statefulSet({ role: "orderer", replicas: 5 }), budget("orderer", { maxUnavailable: 1 })),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "disruption-lets-drain",
    title: "A disruption budget lets a pod go",
    severity: "mandatory",
    why: "A budget that lets nothing go blocks every drain, so the machine is taken by force in the end; and the agent could never renew a certificate, for which it evicts the pod.",
    sources: ["R4", "Kubernetes documentation, Specifying a Disruption Budget for your Application"],
    remedy: "Set minAvailable to one fewer than there are.",
    check: (seen) =>
      coveredBy(seen).flatMap((one): Fault[] =>
        one.pods > 0 && one.mayGo < 1 ? [{ found: `none of ${one.pods} pods that may go`, object: one.budget }] : [],
      ),
    examples: {
      bad: stack(statefulSet({ role: "peer", replicas: 2 }), budget("peer", { minAvailable: 2 })),
      good: stack(statefulSet({ role: "peer", replicas: 2 }), budget("peer", { minAvailable: 1 })),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "disruption-budget-of-somebody",
    title: "A disruption budget is over pods that there are",
    severity: "mandatory",
    why: "A budget whose selector takes no pod looks like protection and is none.",
    sources: ["Kubernetes documentation, Specifying a Disruption Budget for your Application"],
    remedy: "Select the pods by their role label, as the workload does.",
    check: (seen) =>
      coveredBy(seen).flatMap((one): Fault[] =>
        one.pods === 0 ? [{ found: "a selector that takes no pod", object: one.budget }] : [],
      ),
    examples: {
      bad: stack(statefulSet({ role: "peer", replicas: 2 }), budget("peers", { minAvailable: 1 })),
      good: stack(statefulSet({ role: "peer", replicas: 2 }), budget("peer", { minAvailable: 1 })),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "disruption-quorum-over-namespaces",
    title: "All disruption budgets of ordering nodes together leave a majority",
    severity: "advisory",
    why: "A budget counts in its own namespace. Where several organisations run ordering nodes, drains of several machines at once may take one of each, and with them the majority.",
    sources: ["R6", "docs/decisions/disruption-budgets.md"],
    remedy: "Drain one machine at a time, or let fewer organisations run the ordering nodes.",
    place: (network) => {
      const index = network.organisations.findIndex(({ orderers }) => orderers !== undefined);
      return index < 0 ? undefined : ["organisations", index, "orderers"];
    },
    check: (seen) => {
      const consenters = nodesOf(seen, "orderer");
      const sets = new Set(consenters.map(({ set }) => set));
      const over = coveredBy(seen).filter((one) =>
        [...sets].some((set) => sameRoom(one.budget, set) && takes(one.budget, set)),
      );
      const together = over.reduce((sum, one) => sum + one.mayGo, 0);
      const tolerance = raftTolerance(consenters.length);
      const [first] = over;
      // One budget alone is what the rule before this one is about.
      if (first === undefined || over.length < 2 || together <= tolerance) return [];
      return [
        {
          found: `${together} of ${consenters.length} consenters that may go at once, where ${tolerance} may be missing`,
          object: first.budget,
        },
      ];
    },
    examples: {
      bad: stack(
        ...["trade-amber", "trade-basalt", "trade-cobalt"].flatMap((namespace) =>
          [statefulSet({ role: "orderer", replicas: 1 }), budget("orderer", { minAvailable: 0 })].map((one) =>
            movedTo(one, namespace),
          ),
        ),
      ),
      good: stack(statefulSet({ role: "orderer", replicas: 3 }), budget("orderer", { minAvailable: 2 })),
    },
  },
];

function sameRoom(one: Manifest, other: Manifest): boolean {
  return one.metadata.namespace === other.metadata.namespace;
}

function movedTo(one: Manifest, namespace: string): Manifest {
  return { ...one, metadata: { ...one.metadata, namespace } };
}
