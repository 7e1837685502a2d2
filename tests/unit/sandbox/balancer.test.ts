import type { V1Node, V1Service } from "@kubernetes/client-node";
import { allocate, isGiven } from "../../../sandbox/balancer/allocation";

const node = (address: string): V1Node => ({ status: { addresses: [{ type: "InternalIP", address }] } });
const service = (name: string, day: number, port: number, more: Partial<V1Service["spec"]> = {}): V1Service => ({
  metadata: { name, namespace: "default", creationTimestamp: new Date(Date.UTC(2026, 0, day)) },
  spec: { type: "LoadBalancer", ports: [{ port }], ...more },
});
const given = (services: V1Service[]) =>
  allocate(services, [node("10.0.0.2"), node("10.0.0.1")]).map(({ service, addresses }) => [
    service.metadata?.name,
    addresses,
  ]);

test("a Service of type LoadBalancer has the addresses of all nodes, others have none", () => {
  const others = [
    service("inside", 1, 443, { type: "ClusterIP" }),
    service("of another balancer", 1, 443, { loadBalancerClass: "example.com/other" }),
  ];
  expect(given([...others, service("gateway", 2, 443)])).toEqual([["gateway", ["10.0.0.1", "10.0.0.2"]]]);
});

test("of Services that want the same port the oldest has it; another protocol is another port", () => {
  const udp = service("udp", 3, 443, { ports: [{ port: 443, protocol: "UDP" }] });
  expect(given([service("younger", 2, 443), service("older", 1, 443), udp, service("metrics", 4, 9464)])).toEqual([
    ["older", ["10.0.0.1", "10.0.0.2"]],
    ["younger", []],
    ["udp", ["10.0.0.1", "10.0.0.2"]],
    ["metrics", ["10.0.0.1", "10.0.0.2"]],
  ]);
});

test("what a Service says already is not written again", () => {
  const [allocation] = allocate([service("gateway", 1, 443)], [node("10.0.0.1")]);
  expect(isGiven(allocation!)).toBe(false);
  const status = { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } };
  expect(isGiven({ ...allocation!, service: { ...allocation!.service, status } })).toBe(true);
});
