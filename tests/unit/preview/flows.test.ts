/** Flows in words: which are part of which. */
import { flowsOf, isPartOf } from "../../../lib/preview/diff/flows";

const to = (cidr: string, port = 443) =>
  flowsOf({
    metadata: { namespace: "trade-amber" },
    spec: {
      podSelector: { matchLabels: { "fabric-topologies.dev/role": "agent" } },
      egress: [{ to: [{ ipBlock: { cidr } }], ports: [{ port }] }],
    },
  }).join();

test.each([
  ["10.1.0.0/16", "10.0.0.0/8", true],
  ["10.1.2.3/32", "10.1.2.3/32", true],
  ["10.0.0.0/8", "0.0.0.0/0", true],
  ["fd00:1::/32", "fd00::/8", true],
  ["10.0.0.0/8", "10.1.0.0/16", false],
  ["11.0.0.0/16", "10.0.0.0/8", false],
  ["10.0.0.0/8", "::/0", false],
])("%s is among %s: %s", (narrow, wide, part) => {
  expect(isPartOf(to(narrow), to(wide))).toBe(part);
});

test("another port, other pods, and pods in place of addresses are no part of it", () => {
  expect(isPartOf(to("10.1.0.0/16", 6443), to("10.0.0.0/8"))).toBe(false);
  expect(isPartOf(to("10.1.0.0/16").replace("agent", "peer"), to("10.0.0.0/8"))).toBe(false);
  expect(isPartOf("agent pods in trade-amber reach peer pods in trade-basalt, TCP 7051", to("0.0.0.0/0"))).toBe(false);
});
