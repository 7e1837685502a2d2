import { raftQuorum } from "../../lib/placement/quorum";
import { counted } from "../../lib/spec/words";
import { statefulSets } from "../cel";
import { placedSet, stack, statefulSet } from "../examples";
import { at, fields, items } from "../manifest";
import { nodesOf, type StackNode } from "../nodes";
import type { Fault, Rule, StackRule } from "../rule";

/** Consenters by the zone that they live in; zones of two clusters are never the same. */
function byZone(consenters: readonly StackNode[]): ReadonlyMap<string, readonly StackNode[]> {
  const zones = new Map<string, StackNode[]>();
  for (const node of consenters) {
    if (node.zone === undefined) continue;
    const name = `${node.zone} of ${node.site}`;
    zones.set(name, [...(zones.get(name) ?? []), node]);
  }
  return zones;
}

const ordering: StackRule["place"] = (network) => {
  const index = network.organisations.findIndex(({ orderers }) => orderers !== undefined);
  return index < 0 ? undefined : ["organisations", index, "orderers", "nodes"];
};

const common = { domain: "consensus", place: ordering } as const;

/** Where consenters live: Raft goes on while a majority of them is up and reaches each other. */
export const consensusRules: readonly Rule[] = [
  {
    ...common,
    scope: "stack",
    id: "consensus-survives-zone",
    title: "Losing any one zone leaves a majority of the consenters",
    severity: "mandatory",
    why: "Raft commits while more than half of all consenters are up. Where one zone holds the others' majority, as in 3 + 1 + 1, its loss stops every channel.",
    sources: ["R6", "Fabric documentation, The Ordering Service: Raft"],
    remedy: "Spread the consenters so that no zone holds more than a minority: 1 + 1 + 1 of three, 2 + 2 + 1 of five.",
    check: (seen) => {
      const consenters = nodesOf(seen, "orderer");
      const quorum = raftQuorum(consenters.length);
      return [...byZone(consenters)].flatMap(([zone, here]): Fault[] => {
        const left = consenters.length - here.length;
        if (left >= quorum) return [];
        return [
          {
            found: `${here.length} of ${consenters.length} consenters in ${zone}: its loss leaves ${left}, and Raft needs ${quorum}`,
            ...(here[0] === undefined ? {} : { object: here[0].set }),
          },
        ];
      });
    },
    examples: {
      bad: stack(...placedSet("orderer", ["zone-a", "zone-a", "zone-a", "zone-b", "zone-c"])),
      good: stack(...placedSet("orderer", ["zone-a", "zone-b", "zone-c", "zone-a", "zone-b"])),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "consensus-three-consenters",
    title: "There are three consenters or more",
    severity: "mandatory",
    why: "Of one or two consenters none may be lost, not even while one of them restarts.",
    sources: ["R6", "Fabric documentation, The Ordering Service: Raft"],
    remedy: "Run three ordering nodes, or five to keep slack during maintenance.",
    check: (seen) => {
      const consenters = nodesOf(seen, "orderer");
      const [first] = consenters;
      if (first === undefined || consenters.length >= 3) return [];
      return [{ found: `${counted(consenters.length, "consenter")} in all`, object: first.set }];
    },
    examples: {
      bad: stack(...placedSet("orderer", ["zone-a", "zone-b"])),
      good: stack(...placedSet("orderer", ["zone-a", "zone-b", "zone-c"])),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "consensus-odd-number",
    title: "The number of consenters is odd",
    severity: "advisory",
    why: "Four consenters survive no more losses than three do, and one more vote is waited for.",
    sources: ["Fabric documentation, The Ordering Service: Raft"],
    remedy: "Run one ordering node more or one fewer.",
    check: (seen) => {
      const consenters = nodesOf(seen, "orderer");
      const [first] = consenters;
      if (first === undefined || consenters.length % 2 === 1) return [];
      return [{ found: `${consenters.length} consenters`, object: first.set }];
    },
    examples: {
      bad: stack(...placedSet("orderer", ["zone-a", "zone-b", "zone-c", "zone-a"])),
      good: stack(...placedSet("orderer", ["zone-a", "zone-b", "zone-c"])),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "consensus-zone-of-claim",
    title: "Every ordering node and peer has a claim that says its zone, and it is the planned one",
    severity: "mandatory",
    why: "A pod follows its volume. Without a claim in its zone before it starts, the scheduler puts pod and ledger anywhere, for ever, and the failure matrix is about another network.",
    sources: ["R6", "docs/decisions/claims-first.md"],
    remedy:
      "Make the claim data-<pod> first, in the zone's StorageClass and with the label topology.kubernetes.io/zone.",
    place: () => undefined,
    check: (seen) => {
      const planned = new Map(
        seen.placement?.nodes.map(({ site, namespace, pod, zone }) => [`${site}/${namespace}/${pod}`, zone]),
      );
      return ["orderer", "peer"]
        .flatMap((role) => nodesOf(seen, role))
        .flatMap(({ site, namespace, pod, zone, set }): Fault[] => {
          const wanted = planned.get(`${site}/${namespace}/${pod}`);
          if (zone === undefined) return [{ found: `no claim data-${pod} that says a zone`, object: set }];
          if (wanted === undefined || wanted === zone) return [];
          return [{ found: `the claim data-${pod} in ${zone}, and the node planned in ${wanted}`, object: set }];
        });
    },
    examples: {
      bad: stack(statefulSet({ role: "peer", replicas: 2 })),
      good: stack(...placedSet("peer", ["zone-a", "zone-b"])),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "consensus-peers-in-two-zones",
    title: "The peers of an organisation live in two zones or more",
    severity: "advisory",
    why: "With all of its peers in one zone, an organisation is cut off when that zone is lost, and endorses nothing until it is back.",
    sources: ["R6"],
    remedy: "Give the organisation a peer in every full zone (`replicas: 2`).",
    place: () => undefined,
    check: (seen) => {
      const organisations = new Map<string, StackNode[]>();
      for (const node of nodesOf(seen, "peer")) {
        organisations.set(node.namespace, [...(organisations.get(node.namespace) ?? []), node]);
      }
      return [...organisations.values()].flatMap((peers): Fault[] => {
        const zones = new Set(peers.map(({ site, zone }) => `${site}/${zone ?? ""}`));
        const [first] = peers;
        if (first === undefined || zones.size > 1) return [];
        return [
          { found: `${counted(peers.length, "peer")}, all in ${first.zone ?? "no known zone"}`, object: first.set },
        ];
      });
    },
    examples: {
      bad: stack(...placedSet("peer", ["zone-a", "zone-a"])),
      good: stack(...placedSet("peer", ["zone-a", "zone-b"])),
    },
  },
  {
    domain: "consensus",
    scope: "object",
    kinds: ["StatefulSet"],
    id: "consensus-apart-on-machines",
    title: "Nodes of a role are kept on different machines where that is possible",
    severity: "mandatory",
    why: "Two consenters or two peers on one machine fall with it, and the machine was never counted as a failure of two.",
    sources: ["R6", "Kubernetes documentation, Pod Topology Spread Constraints"],
    remedy: "Give the pods a topology spread constraint over kubernetes.io/hostname.",
    check: (object) => {
      const { spec } = fields(at(object, "spec", "template"));
      const spread = items(at(spec, "topologySpreadConstraints")).some(
        ({ topologyKey }) => topologyKey === "kubernetes.io/hostname",
      );
      const anti = fields(at(spec, "affinity", "podAntiAffinity"));
      const terms = [
        ...items(anti["requiredDuringSchedulingIgnoredDuringExecution"]),
        ...items(anti["preferredDuringSchedulingIgnoredDuringExecution"]).map((term) =>
          fields(term["podAffinityTerm"]),
        ),
      ];
      if (spread || terms.some(({ topologyKey }) => topologyKey === "kubernetes.io/hostname")) return [];
      return [{ found: "nothing that keeps its pods on different machines" }];
    },
    examples: {
      bad: statefulSet({ role: "orderer", replicas: 3 }),
      good: statefulSet({
        role: "orderer",
        replicas: 3,
        pod: {
          topologySpreadConstraints: [
            {
              topologyKey: "kubernetes.io/hostname",
              maxSkew: 1,
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: { "fabric-topologies.dev/role": "orderer" } },
            },
          ],
        },
      }),
    },
    cel: {
      on: statefulSets,
      expression:
        "variables.template.spec.?topologySpreadConstraints.orValue([]).exists(c, c.topologyKey == 'kubernetes.io/hostname') || variables.template.spec.?affinity.?podAntiAffinity.?requiredDuringSchedulingIgnoredDuringExecution.orValue([]).exists(t, t.topologyKey == 'kubernetes.io/hostname') || variables.template.spec.?affinity.?podAntiAffinity.?preferredDuringSchedulingIgnoredDuringExecution.orValue([]).exists(t, t.podAffinityTerm.topologyKey == 'kubernetes.io/hostname')",
      message: "the pods of a set must be kept on different machines",
    },
  },
];
