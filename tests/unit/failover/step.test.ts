/** What the failover of the three centers does, told as stories (requirement R8). */
import { at, Scene, settings, snapshot, sound } from "./scene";

const drill = { ...settings, mode: "drill" as const };

test("a primary that lives is left alone", () => {
  expect(new Scene().alive(60_000).phase).toBe("Protected");
});

test("two missing heartbeats are nothing, three a suspicion, two good ones its end", () => {
  const scene = new Scene().alive(5000).silent(8000, false);
  expect(scene.phase).toBe("Protected");
  expect(scene.silent(8500, false).phase).toBe("Suspect");
  expect(scene.does).toContain("pinSnapshots");
  expect(scene.beats().phase).toBe("Suspect");
  expect(scene.beats().phase).toBe("Protected");
});

test("the target alone does not move the network: a majority of the points of view must miss the primary", () => {
  expect(new Scene().alive(5000).silent(60_000, false).phase).toBe("Suspect");
});

test("heartbeats that are forged, sent again, or of another epoch are no sign of life", () => {
  const scene = new Scene().alive(5000).silent(8500);
  for (let time = 0; time < 5; time += 1)
    scene.beats(100, { authentic: false }).beats(100, { seq: 1 }).beats(100, { epoch: 0 }).beats(100, { center: "x" });
  expect(scene.phase).toBe("Fencing");
});

test("the lease is asked for only after its end and the grace, and only as it was seen", () => {
  const scene = new Scene().alive(5000).silent(8500);
  expect([scene.phase, scene.does]).toEqual(["Fencing", ["pinSnapshots"]]);
  scene.silent(5000 + 3000 + 500);
  expect(scene.does).not.toContain("acquireLease");
  scene.silent(5000 + 3000 + 1000);
  expect(scene.actions).toContainEqual({
    do: "acquireLease",
    epoch: 1,
    granting: 2,
    holder: "center-3",
    expected: { epoch: 1, renewals: 20 },
  });
});

test("a primary that renews in the last moment keeps everything", () => {
  const scene = new Scene().alive(5000).silent(20_000).sees(1, "center-1", 21);
  expect([scene.phase, scene.epoch]).toEqual(["Protected", 1]);
});

test("without evidence that every center is fenced nothing is opened, and a person's word is evidence", () => {
  const scene = new Scene().alive(5000).silent(20_000).sees(2, "center-3", 0);
  expect(scene.actions).toContainEqual({ do: "fence", centers: ["center-1", "center-2"], epoch: 2 });
  scene.tell({ type: "fenced", center: "center-1", evidence: "nodesOff", epoch: 2 });
  scene.tell({ type: "fenced", center: "center-2", evidence: "isolatedClone", epoch: 2 });
  scene.order("fenced", { center: "center-2", by: "mallory" }).order("fenced", { center: "center-2", epoch: 1 });
  expect(scene.phase).toBe("Fencing");
  expect(scene.order("fenced", { center: "center-2" }).phase).toBe("SelectSnapshot");
});

test("the newest snapshot is opened read-only, with what standby peers have above it", () => {
  const scene = new Scene().readOnly();
  expect(scene.phase).toBe("ReadOnlyOpen");
  expect(scene.state.record).toMatchObject({
    candidate: { name: "snapshot-97" },
    served: at(99),
    lost: [{ channel: "main", first: 99, last: 99 }],
  });
  expect(scene.does).toEqual(["moveReads"]);
});

test("bad snapshots are passed over for older ones, never for newer ones, and then it is stuck", () => {
  const scene = new Scene().alive(5000, 92).silent(20_000).sees(2, "center-3", 0).fenced();
  const candidates = [snapshot(90), snapshot(92, { ready: false }), snapshot(91), snapshot(95, { epoch: 2 })];
  scene.tell({ type: "candidates", candidates, epoch: 2 });
  expect(scene.state.record).toMatchObject({ candidate: { name: "snapshot-91" } });
  scene.tell({ type: "verified", candidate: "snapshot-91", report: sound(91, { contiguous: false }), epoch: 2 });
  scene.tell({ type: "candidates", candidates: [...candidates, snapshot(99)], epoch: 2 });
  expect(scene.state.record).toMatchObject({ candidate: { name: "snapshot-90" } });
  scene.tell({ type: "verified", candidate: "snapshot-90", report: sound(90, { stateSound: false }), epoch: 2 });
  scene.tell({ type: "candidates", candidates, epoch: 2 });
  expect([scene.phase, scene.does]).toEqual(["Stuck", ["page"]]);
  for (const report of [sound(91), sound(90)])
    scene.tell({ type: "verified", candidate: `snapshot-${report.heights.main!.height}`, report, epoch: 2 });
  scene.tell({ type: "opened", queryAnswered: true, submitRefused: true, epoch: 2 }).order("writes");
  expect(scene.phase).toBe("Stuck");
  expect(scene.order("retry").phase).toBe("SelectSnapshot");
});

test.each([
  ["a fork against a standby peer", sound(99, { survivors: [{ name: "p", history: "fork", heights: at(99) }] })],
  ["more blocks missing than the limit", sound(96)],
])("%s stops it, whatever older snapshots there are", (_, report) => {
  const scene = new Scene().alive(5000).silent(20_000).sees(2, "center-3", 0).fenced();
  const { height } = report.heights.main!;
  scene.tell({ type: "candidates", candidates: [snapshot(height), snapshot(90)], epoch: 2 });
  scene.tell({ type: "verified", candidate: `snapshot-${height}`, report, epoch: 2 });
  expect(scene.phase).toBe("Stuck");
});

test("a transaction that is taken while only reads are open stops it", () => {
  const scene = new Scene().alive(5000).silent(20_000).sees(2, "center-3", 0).fenced();
  scene.tell({ type: "candidates", candidates: [snapshot(99)], epoch: 2 });
  scene.tell({ type: "verified", candidate: "snapshot-99", report: sound(99), epoch: 2 });
  expect(scene.tell({ type: "opened", queryAnswered: true, submitRefused: false, epoch: 2 }).phase).toBe("Stuck");
});

test("only an approver opens writes, about this failover, and only after the replay of every block", () => {
  const scene = new Scene().readOnly().order("writes", { by: "mallory" }).order("writes", { epoch: 1 });
  expect(scene.phase).toBe("ReadOnlyOpen");
  scene.restored();
  expect([scene.phase, scene.actions]).toEqual([
    "Replay",
    [{ do: "replayBlock", channel: "main", number: 97, epoch: 2 }],
  ]);
  expect(scene.replays(98).phase).toBe("Replay");
  expect(scene.replays(97).phase).toBe("Replay");
  expect([scene.replays(98).phase, scene.does]).toEqual(["ReadWrite", ["openWrites", "moveWrites"]]);
});

test.each([
  ["another header hash", { channel: "main", number: 98, ours: "#other", theirs: "#98" }],
  ["a config block", { channel: "main", number: 98, impossible: "it is a config block" }],
])("%s in the tail is a stated loss, and a person's to accept", (_, block) => {
  const scene = new Scene().restored().replays(97).tell({ type: "replayed", block, epoch: 2 });
  expect(scene.state.record).toMatchObject({
    phase: "LossStated",
    loss: { blocks: [{ channel: "main", first: 98, last: 98 }] },
  });
  expect(scene.order("rollback", { by: "mallory" }).phase).toBe("LossStated");
  expect(scene.order("rollback").does).toEqual(["rollBack"]);
});

const whole = ["orderer-0", "orderer-1", "orderer-4"];

test.each([
  ["one alone", ["orderer-1"], "snapshot-97", 97],
  ["one into what is left", ["orderer-1", "orderer-4"], "snapshot-97", 97],
  ["without the one that is left", ["orderer-0", "orderer-1"], "snapshot-97", 97],
  ["of two units", ["orderer-0", "orderer-2", "orderer-4"], "snapshot-97", 97],
  ["and all others too", [...whole, "orderer-2", "orderer-3"], "snapshot-97", 97],
  ["from two snapshots", whole, "snapshot-90", 97],
  ["with a block less than was verified", whole, "snapshot-97", 96],
])("ordering nodes restored %s are refused", (_, consenters, from, height) => {
  const scene = new Scene().readOnly().order("writes");
  scene.tell({ type: "orderersStarted", consenters, snapshot: from, leader: true, heights: at(height), epoch: 2 });
  expect(scene.phase).toBe("Stuck");
});

test("what the ordering node that is left knows beyond the snapshot needs no replay, and is not lost", () => {
  const scene = new Scene().readOnly().order("writes");
  const up = { consenters: whole, snapshot: "snapshot-97", leader: true, epoch: 2 };
  scene.tell({ type: "orderersStarted", ...up, heights: at(98) });
  expect(scene.state.record).toMatchObject({ phase: "Replay", tail: [{ channel: "main", first: 98, last: 98 }] });
  expect(scene.state.record).toMatchObject({ lost: [{ channel: "main", first: 99, last: 99 }] });

  const ahead = new Scene().readOnly().order("writes");
  ahead.tell({ type: "orderersStarted", ...up, heights: at(100) });
  expect(ahead.state.record).toMatchObject({ lost: [] });
  expect(ahead.tell({ type: "tick" }).phase).toBe("ReadWrite");
});

test("another block at the height that was verified is another chain, and nothing goes on", () => {
  const scene = new Scene().readOnly().order("writes");
  const heights = { main: { height: 97, hash: "#other" } };
  const up = { consenters: whole, snapshot: "snapshot-97", leader: true, heights, epoch: 2 };
  expect(scene.tell({ type: "orderersStarted", ...up }).phase).toBe("Stuck");
});

test("a snapshot of a unit that has no bare majority with those that are left is not opened", () => {
  const consenters = { units: { "center-1": ["a", "b", "c"], "center-2": ["d", "e"] }, target: ["f", "g"] };
  const scene = new Scene({ ...settings, consenters }).alive(5000).silent(20_000).sees(2, "center-3", 0).fenced();
  const candidates = [snapshot(97), snapshot(90, { unit: "center-2" })];
  scene.tell({ type: "candidates", candidates, epoch: 2 });
  expect(scene.state.record).toMatchObject({ phase: "Verify", candidate: { name: "snapshot-90" } });
});

test("a drill fences nobody and moves no traffic, and its clone counts as fenced", () => {
  const scene = new Scene(drill).alive(5000).silent(20_000).sees(2, "center-3", 0);
  expect(scene.does).toEqual(["pinSnapshots", "isolateClone"]);
  for (const center of drill.primary) scene.tell({ type: "fenced", center, evidence: "isolatedClone", epoch: 2 });
  expect(scene.phase).toBe("SelectSnapshot");
  expect(new Scene(drill).readOnly().does).toEqual([]);
  expect(new Scene(drill).readWrite().does).toEqual(["openWrites"]);
});

test("the way back: resync, a person's switch, the token, the next epoch", () => {
  const scene = new Scene().readWrite().order("failback");
  expect(scene.actions).toEqual([{ do: "resync", centers: settings.primary, discard: "primary", epoch: 2 }]);
  expect(scene.order("switch").phase).toBe("Failback");
  scene.tell({ type: "resynced", heights: at(120), verified: true, epoch: 2 }).order("switch");
  expect(scene.does).toEqual(["demote"]);
  scene.tell({ type: "demoted", heights: at(125), epoch: 2 });
  scene.tell({ type: "resynced", heights: at(124), verified: true, epoch: 2 });
  expect(scene.does).toEqual([]);
  scene.tell({ type: "resynced", heights: at(125), verified: true, epoch: 2 });
  expect(scene.actions).toMatchObject([{ do: "acquireLease", granting: 3, holder: "center-1" }]);
  scene.sees(3, "center-1", 0);
  expect([scene.phase, scene.epoch]).toEqual(["Protected", 3]);
});

test("where nothing was written at the target, the old primary's data is what stays", () => {
  const scene = new Scene().readOnly().order("failback");
  expect(scene.actions).toMatchObject([{ do: "resync", discard: "target" }]);
});
