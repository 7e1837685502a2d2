/** A peer is ready when it is in its channels and gets their blocks. */
import { Progress } from "../../../agent/watch/progress";
import { judgePeer, patience, type PeerSight } from "../../../agent/watch/receives-blocks";

const peer = (heights: PeerSight["heights"], silentFor = 0, change: Partial<PeerSight> = {}): PeerSight => ({
  pod: "peer0-amber-0",
  heights,
  silentFor,
  counted: false,
  wasIn: new Set(),
  ...change,
});

function seen(...heights: readonly (readonly [height: number, at: number])[]): Progress {
  const progress = new Progress();
  for (const [height, at] of heights) progress.saw("trade", height, at);
  return progress;
}

const judge = (sight: PeerSight, progress: Progress, now: number, channels = ["trade"], anyone = true) =>
  judgePeer(sight, channels, progress, now, anyone);

test("while no channel exists it is ready, or nothing could be installed on it", () => {
  expect(judge(peer({}), seen(), 0, [])).toMatchObject({ status: "True", reason: "NoChannelYet" });
});

test.each<[string, Partial<PeerSight>]>([
  ["a new peer waits for each of its channels", {}],
  ["one that was in a channel and is no longer does not count", { counted: true, wasIn: new Set(["trade"]) }],
])("%s", (_, change) => {
  expect(judge(peer({ other: 7 }, 0, change), seen([1, 0]), 0, ["other", "trade"])).toMatchObject({
    status: "False",
    reason: "NotJoined",
    message: expect.stringMatching(/trade/),
  });
});

test("one that counts goes on in its channels when another comes, as long as it keeps up in them", () => {
  const progress = seen([1, 0]);
  for (const height of [7, 8]) progress.saw("other", height, 0);
  const served = (height: number) => peer({ other: height }, 0, { counted: true, wasIn: new Set(["other"]) });
  const later = patience + 1;
  expect(judge(served(8), progress, later, ["other", "trade"])).toEqual({
    status: "True",
    reason: "KeepsUp",
    message: "it keeps up in other",
  });
  expect(judge(served(7), progress, later, ["other", "trade"])).toMatchObject({ reason: "FallsBehind" });
  expect(judge(peer({}, 0, { counted: true }), progress, later)).toMatchObject({
    status: "True",
    reason: "NoChannelYet",
  });
});

test("it may be behind for a while, and no longer", () => {
  const progress = seen([5, 0], [6, 1000], [7, 2000]);
  expect(judge(peer({ trade: 5 }), progress, 1000 + patience)).toMatchObject({ status: "True" });
  expect(judge(peer({ trade: 5 }), progress, 1001 + patience)).toMatchObject({
    status: "False",
    reason: "FallsBehind",
  });
  expect(judge(peer({ trade: 6 }), progress, 2000 + patience)).toMatchObject({ status: "True" });
});

test("where nobody moves, nobody is behind, however long", () => {
  expect(judge(peer({ trade: 7 }), seen([7, 0]), 1e9)).toMatchObject({ status: "True", reason: "KeepsUp" });
});

test("blocks that come faster than it takes them do not hide that it is behind", () => {
  const progress = new Progress();
  for (let height = 1; height <= 10_000; height += 1) progress.saw("trade", height, height * 100);
  expect(judge(peer({ trade: 9000 }), progress, 1_000_000)).toMatchObject({ status: "False", reason: "FallsBehind" });
});

test("what is long past is forgotten, but not that a peer stands far behind it", () => {
  const progress = new Progress(1000);
  progress.saw("trade", 5, 0);
  progress.saw("trade", 6, 1);
  progress.saw("trade", 7, 100_000);
  expect(progress.behindFor("trade", 3, 100_000)).toBeGreaterThan(patience);
  expect(progress.highest("trade")).toBe(7);
});

test("one that does not answer keeps what was said, until it has been silent for long, and others answer", () => {
  expect(judge(peer(undefined, patience - 1), seen([1, 0]), 0)).toBeUndefined();
  expect(judge(peer(undefined, patience), seen([1, 0]), 0)).toMatchObject({ status: "False", reason: "Unreachable" });
  expect(judge(peer(undefined, patience), seen([1, 0]), 0, ["trade"], false)).toBeUndefined();
});
