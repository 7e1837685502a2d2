/** Which ordering nodes count towards the quorum that a restart must leave. */
import { noteHeights } from "../../../agent/run/observe";
import { renewalView } from "../../../agent/run/renewal-view";
import type { ChannelStatus } from "../../../agent/status/document";
import { findingsOf, knownNode, voting } from "../../support/findings";

/** How far behind the second of three ordering nodes counts, where the others vote at height 7. */
function behindOf(channels: readonly ChannelStatus[] | undefined, own: boolean): number | undefined {
  const findings = findingsOf([
    [knownNode("orderer-0", "orderer"), [voting(7)]],
    [knownNode("orderer-1", "orderer", own), channels],
    [knownNode("orderer-2", "orderer"), [voting(7)]],
  ]);
  noteHeights(findings, 0);
  const agent = { pod: "agent", certificate: { notBefore: 0, notAfter: 1 } };
  return renewalView(findings, agent, 0, 5000).consenters[1]?.behindFor;
}

describe.each([
  ["own", true],
  ["another organisation's", false],
])("an ordering node, %s", (_, own) => {
  test("that votes in every channel is as far behind as its height", () => {
    expect(behindOf([voting(7)], own)).toBe(0);
    expect(behindOf([voting(6)], own)).toBe(5000);
  });

  test.each<[string, readonly ChannelStatus[] | undefined]>([
    ["without a ledger", []],
    ["that still copies the ledger", [voting(7, { status: "onboarding" })]],
    ["that only follows", [voting(7, { relation: "follower" })]],
    ["that does not tell", undefined],
  ])("%s never counts as level", (__, channels) => {
    expect(behindOf(channels, own)).toBe(Infinity);
  });
});

test("where there is no channel yet all are level, and one node of others cannot say that there is one", () => {
  const findings = findingsOf([
    [knownNode("orderer-0", "orderer"), []],
    [knownNode("orderer-1", "orderer", false), [voting(9)]],
    [knownNode("orderer-2", "orderer", false), []],
  ]);
  const agent = { pod: "agent", certificate: { notBefore: 0, notAfter: 1 } };
  expect(renewalView(findings, agent, 0, 0).consenters.map(({ behindFor }) => behindFor)).toEqual([0, 0, 0]);
});
