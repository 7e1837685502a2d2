/** What the compiler of NetworkPolicies leaves each pod, against the definition of NetworkPolicies. */
import * as fc from "fast-check";
import { covers, parseAddress } from "../../../sandbox/policies/addresses";
import { type Direction, isolations } from "../../../sandbox/policies/isolation";
import { networkedPods } from "../../../sandbox/policies/pods";
import { ruleset } from "../../../sandbox/policies/ruleset";
import { arbitraryWorld, policyPorts } from "../../support/arbitrary-policies";
import { type Connection, isAllowed, type World } from "../../support/policy-oracle";

const places = [
  { node: "one", addresses: ["10.99.1.2", "fd99::1:2"] },
  { node: "one", addresses: ["10.99.1.3"] },
  { node: "two", addresses: ["10.99.2.2", "fd99::2:2"] },
  { node: "two", addresses: ["fd99::2:3"] },
];
const outside = ["10.98.0.1", "fd98::1"];
const addresses = [...places.flatMap((place) => place.addresses), ...outside];

const connections: readonly Connection[] = addresses.flatMap((from) =>
  addresses
    .filter((to) => from !== to && from.includes(":") === to.includes(":"))
    .flatMap((to) => policyPorts.flatMap((port) => ["TCP", "UDP"].map((protocol) => ({ from, to, protocol, port })))),
);

function compiled({ policies, pods, namespaces }: World): (connection: Connection) => boolean {
  const networked = networkedPods(pods, namespaces);
  const isolationOf = isolations(policies, networked);
  const isolationsByAddress = new Map(
    networked.flatMap((pod) => pod.addresses.map(({ first }) => [first, isolationOf(pod)] as const)),
  );
  return ({ from, to, protocol, port }) => {
    const passes = (direction: Direction, self: string, other: string): boolean =>
      isolationsByAddress
        .get(parseAddress(self).first)
        ?.[direction]?.some(
          ({ peers, ports }) =>
            (peers === "everyone" || covers(peers, parseAddress(other))) &&
            (ports === "all" ||
              ports.some((range) => range.protocol === protocol && range.first <= port && port <= range.last)),
        ) ?? true;
    return passes("egress", from, to) && passes("ingress", to, from);
  };
}

test("every pod may send and receive exactly what the policies' definition says", () => {
  const seen = { allowed: 0, refused: 0 };
  fc.assert(
    fc.property(arbitraryWorld(places), (world) => {
      const isCompiled = compiled(world);
      for (const connection of connections) {
        const expected = isAllowed(world, connection);
        seen[expected ? "allowed" : "refused"] += 1;
        expect({ ...connection, allowed: isCompiled(connection) }).toEqual({ ...connection, allowed: expected });
      }
    }),
    { numRuns: 200 },
  );
  // A property over worlds in which everything is allowed would say nothing.
  expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(1_000);
});

test("the same policies and pods give the same rules, in whatever order they come", () => {
  fc.assert(
    fc.property(arbitraryWorld(places), ({ policies, pods, namespaces }) => {
      const rules = ruleset(policies, networkedPods(pods, namespaces), "one");
      const others = ruleset(
        [...policies].reverse(),
        networkedPods([...pods].reverse(), [...namespaces].reverse()),
        "one",
      );
      expect(others).toBe(rules);
    }),
  );
});

test("objects as watches give them mean the same as objects as they are listed", () => {
  const onTheWire = <T>(objects: readonly T[]): T[] =>
    JSON.parse(JSON.stringify(objects).replaceAll('"_from":', '"from":')) as T[];
  fc.assert(
    fc.property(arbitraryWorld(places), fc.date({ noInvalidDate: true }), ({ policies, pods, namespaces }, time) => {
      const dated = pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, creationTimestamp: time } }));
      expect(ruleset(onTheWire(policies), networkedPods(onTheWire(dated), onTheWire(namespaces)), "one")).toBe(
        ruleset(policies, networkedPods(dated, namespaces), "one"),
      );
    }),
  );
});

test("an address that two pods claim is the younger one's, and none is a pod's that has ended or shares its node's", () => {
  const pod = (name: string, second: number, more: object = {}, phase = "Running") => ({
    metadata: { namespace: "red", name, labels: { name }, creationTimestamp: new Date(second * 1000) },
    spec: { nodeName: "one", containers: [], ...more },
    status: { phase, podIPs: [{ ip: "10.99.1.2" }] },
  });
  const pods = [
    pod("old", 1),
    pod("young", 2),
    pod("younger", 3, { hostNetwork: true }),
    pod("ended", 4, {}, "Succeeded"),
    pod("failed", 5, {}, "Failed"),
  ];
  expect(networkedPods(pods, []).map(({ labels }) => labels)).toEqual([{ name: "young" }]);
});
