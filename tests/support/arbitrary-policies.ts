/** Clusters with NetworkPolicies of every shape that Kubernetes knows, small enough for selectors to meet pods. */
import type {
  V1LabelSelector,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1Pod,
} from "@kubernetes/client-node";
import * as fc from "fast-check";
import type { World } from "./policy-oracle";

/** Where a pod is and what addresses it has. */
export interface Place {
  readonly node: string;
  readonly addresses: readonly string[];
}

/** The ports that policies speak of; 1003 and 1004 in ranges only. */
export const policyPorts = [1001, 1002, 1003, 1004] as const;

const namespaceNames = ["red", "blue"] as const;
const port = fc.constantFrom(...policyPorts);
const portName = fc.constantFrom("web", "metrics");
const value = fc.constantFrom("a", "b");
const labels = fc.record({ app: value, tier: value }, { requiredKeys: [] }).map((record) => ({ ...record }));

const selector: fc.Arbitrary<V1LabelSelector> = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labels }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: fc.constantFrom("app", "tier"),
          operator: fc.constantFrom("In", "NotIn"),
          values: fc.uniqueArray(value, { minLength: 1 }),
        }),
        fc.record({ key: fc.constantFrom("app", "tier"), operator: fc.constantFrom("Exists", "DoesNotExist") }),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
);

/** Blocks around the addresses of `tests/cluster/support/pod-network.ts`, each with parts that can be taken out. */
const blocks: readonly (readonly [string, readonly string[]])[] = [
  ["0.0.0.0/0", ["10.99.1.0/24", "10.99.0.0/16", "128.0.0.0/1"]],
  ["10.99.0.0/16", ["10.99.1.2/32", "10.99.1.0/24", "10.99.2.2/31"]],
  ["10.99.2.0/24", ["10.99.2.4/32"]],
  ["10.99.1.3/32", []],
  ["::/0", ["fd99::1:0/112", "fd98::/16"]],
  ["fd99::/64", ["fd99::2:2/128", "fd99::1:2/127"]],
];

const peer: fc.Arbitrary<V1NetworkPolicyPeer> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc
    .constantFrom(...blocks)
    .chain(([cidr, parts]) =>
      fc.subarray([...parts]).map((except) => ({ ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) } })),
    ),
);

const protocol = fc.constantFrom({}, { protocol: "TCP" }, { protocol: "TCP" }, { protocol: "UDP" });
const policyPort: fc.Arbitrary<V1NetworkPolicyPort> = fc.oneof(
  { weight: 1, arbitrary: protocol },
  { weight: 3, arbitrary: fc.tuple(protocol, port).map(([words, number]) => ({ ...words, port: number })) },
  { weight: 3, arbitrary: fc.tuple(protocol, portName).map(([words, name]) => ({ ...words, port: name })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(protocol, port, fc.nat({ max: 3 }))
      .map(([words, first, more]) => ({ ...words, port: first, endPort: first + more })),
  },
);

const peers = fc.option(fc.array(peer, { maxLength: 3 }), { nil: undefined });
const ports = fc.option(fc.array(policyPort, { maxLength: 3 }), { nil: undefined });
const defined = <T extends object>(words: T): T =>
  Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined)) as T;

const policySpec = fc
  .record({
    podSelector: selector,
    ingress: fc.option(
      fc.array(
        fc.tuple(peers, ports).map(([_from, its]) => defined({ _from, ports: its })),
        { maxLength: 2 },
      ),
      { nil: undefined },
    ),
    egress: fc.option(
      fc.array(
        fc.tuple(peers, ports).map(([to, its]) => defined({ to, ports: its })),
        { maxLength: 2 },
      ),
      { nil: undefined },
    ),
    policyTypes: fc.option(fc.subarray(["Ingress", "Egress"], { minLength: 1 }), { nil: undefined }),
  })
  .map(defined) as fc.Arbitrary<NonNullable<V1NetworkPolicy["spec"]>>;

const containerPorts = fc.uniqueArray(
  fc.record({ name: portName, containerPort: port, protocol: fc.constantFrom("TCP", "TCP", "UDP") }),
  { maxLength: 2, selector: ({ name, protocol: its }) => `${name}/${its}` },
);

const pod = ({ node, addresses }: Place, index: number): fc.Arbitrary<V1Pod> =>
  fc.tuple(fc.constantFrom(...namespaceNames), labels, containerPorts).map(([namespace, its, named]) => ({
    metadata: { namespace, name: `pod-${index}`, labels: its },
    spec: { nodeName: node, containers: [{ name: "main", ports: named }] },
    status: { phase: "Running", podIPs: addresses.map((ip) => ({ ip })) },
  }));

/** Pods with random labels at these places, and up to four random policies about them. */
export const arbitraryWorld = (places: readonly Place[]): fc.Arbitrary<World> =>
  fc.record({
    namespaces: fc
      .tuple(labels, labels)
      .map((its) => namespaceNames.map((name, index) => ({ metadata: { name, labels: { ...its[index] } } }))),
    pods: fc.tuple(...places.map(pod)),
    policies: fc
      .array(fc.tuple(fc.constantFrom(...namespaceNames), policySpec), { maxLength: 4 })
      .map((all) =>
        all.map(([namespace, spec], index) => ({ metadata: { namespace, name: `policy-${index}` }, spec })),
      ),
  });
