/** What other organisations' agents say is read with care: it is theirs to write. */
import type { Board } from "../../../agent/board";
import { foreignOrderers, reliableHeights } from "../../../agent/run/heights";
import { noteHeights } from "../../../agent/run/observe";
import { minuteOf, readStatus, statusKey } from "../../../agent/status/document";
import { findingsOf, knownNode, voting } from "../../support/findings";

const node = {
  pod: "orderer-1",
  role: "orderer",
  zone: "zone-a",
  ready: true,
  channels: [voting(7)],
  leads: ["trade"],
  certificate: { notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z" },
  startedAt: "2026-01-01T00:00:00Z",
};
const condition = {
  type: "PeerJoined",
  status: "True",
  reason: "Joined",
  message: "m",
  object: "peer/x",
  at: "2026-01-01T00:00:00Z",
};

const at = "2026-01-01T00:00:00.000Z";
const now = Date.parse(at) + 59_000;

const boardOf = (content: unknown): Board => ({
  read: () => Promise.resolve({ [statusKey]: Buffer.from(JSON.stringify(content)) }),
  publish: () => Promise.reject(new Error("nothing is published here")),
});

test.each<[string, unknown]>([
  ["nothing", null],
  ["a text", "orderer-1"],
  ["a list", [node]],
  ["no channels", { ...node, channels: undefined }],
  ["a channel of nothing", { ...node, channels: [null] }],
  ["a height that is no number", { ...node, channels: [voting(7), { channel: "trade", height: "8" }] }],
  ["a height that is no whole number", { ...node, channels: [voting(0.5)] }],
  ["a height beyond all numbers", { ...node, channels: [voting(1e300)] }],
  ["a height below none", { ...node, channels: [voting(-1)] }],
  ["channels that it leads as a text", { ...node, leads: "trade" }],
  ["a start at no time", { ...node, startedAt: "yesterday" }],
  ["a certificate without an end", { ...node, certificate: { notBefore: "2026-01-01T00:00:00Z" } }],
  ["another role", { ...node, role: "king" }],
])("a node that is %s is left out, and that is told", async (_, malformed) => {
  const nodes = [knownNode("orderer-1", "orderer", false)];
  const { orderers, conditions } = await foreignOrderers(
    nodes,
    boardOf({ at, nodes: [malformed], conditions: [] }),
    now,
  );
  expect(orderers.size).toBe(0);
  expect(conditions).toHaveLength(1);
  expect(conditions[0]).toMatchObject({ type: "StatusUnderstood", status: "False", object: "organisation/clearing" });
  expect(conditions[0]?.message).toContain("nodes[0]");
});

test("the well-formed nodes beside it count, and of a good status nothing is told", async () => {
  const nodes = [knownNode("orderer-1", "orderer", false)];
  const beside = await foreignOrderers(nodes, boardOf({ at, nodes: [null, node], conditions: [null] }), now);
  expect(beside.orderers.get("orderer-1.example")).toEqual(node);
  expect(beside.conditions).toHaveLength(1);
  const good = await foreignOrderers(nodes, boardOf({ at, nodes: [node], conditions: [condition] }), now);
  expect(good.conditions).toEqual([]);
});

test("a status without one good condition still is one; what is not a status is none", () => {
  expect(readStatus(JSON.stringify({ nodes: [], conditions: [condition, { ...condition, at: 7 }] }))).toMatchObject({
    conditions: [condition],
  });
  for (const text of ["", "null", "[]", "{", '{"nodes":[]}']) expect(readStatus(text)).toBeUndefined();
});

test("one ordering node of others that tells of a height that nobody else has makes no peer late", () => {
  const peer = knownNode("peer0-amber-0", "peer");
  const of = (...heights: readonly number[]) => {
    const orderers = heights.map(
      (height, index) => [knownNode(`orderer-${index}`, "orderer", false), [voting(height)]] as const,
    );
    return findingsOf([[peer, [{ channel: "trade", height: 7 }]], ...orderers]);
  };
  const highest = (...heights: readonly number[]): number => {
    const findings = of(...heights);
    noteHeights(findings, 0);
    return findings.progress.highest("trade");
  };
  expect(highest(9_000_000, 7, 6)).toBe(7);
  // Two are believed, and the only one that others have: nobody else could tell.
  expect(highest(9, 9, 6)).toBe(9);
  expect(highest(9)).toBe(9);
  expect(reliableHeights(of(9_000_000, 5, 6))).toEqual(new Map([["trade", 6]]));
});

test("what an agent said long ago, or nobody knows when, counts for nothing, and that is told", async () => {
  const nodes = [knownNode("orderer-1", "orderer", false)];
  const heard = async (said: object, when: number) => {
    const { orderers, conditions } = await foreignOrderers(
      nodes,
      boardOf({ nodes: [node], conditions: [], ...said }),
      when,
    );
    return [orderers.size, ...conditions.map(({ type }) => type)];
  };
  const minutes = (count: number) => Date.parse(at) + 60_000 * count;
  expect(await heard({ at }, minutes(5))).toEqual([1]);
  expect(await heard({ at }, minutes(6))).toEqual([0, "AgentHeard"]);
  expect(await heard({}, minutes(1))).toEqual([0, "StatusUnderstood"]);
  expect(await heard({ at: "noon" }, minutes(1))).toEqual([0, "StatusUnderstood", "AgentHeard"]);
  expect(minuteOf(now)).toBe(at);
});
