import { takeMinute } from "../../../../agent/snapshots/minute";
import { MemoryApiServer } from "../../../support/memory-api-server";

const all = "/apis/snapshot.storage.k8s.io/v1/namespaces/trade-amber/volumesnapshots";
const place = { network: "trade", namespace: "trade-amber", tier: "increments", className: "fast" };
const begin = Date.parse("2026-11-23T23:00:00Z");

/** A minute that passes as fast as it is waited for. */
function clock(from: number) {
  let now = from;
  return { now: () => now, until: (time: number) => ((now = Math.max(now, time)), Promise.resolve()) };
}

const names = (api: MemoryApiServer) => api.calls.flatMap((call) => (call.startsWith("POST") ? [call] : [])).length;

function readyAtOnce(api: MemoryApiServer): void {
  api.before = (method, path) => {
    if (method === "GET") api.put(path, { ...api.get(path), status: { readyToUse: true } });
  };
}

test("a minute has twelve slots of five seconds, each with a name of its own (R8)", async () => {
  const api = new MemoryApiServer();
  readyAtOnce(api);
  const minute = { place, claims: ["data-orderer-1"], every: 5, slots: 12 };
  expect(await takeMinute(api, minute, clock(begin), () => undefined)).toBe(12);
  expect(api.get(`${all}/data-orderer-1-increments-20261123-230055`)).toMatchObject({
    metadata: { labels: { "fabric-topologies.dev/snapshot-tier": "increments" } },
    spec: { volumeSnapshotClassName: "fast", source: { persistentVolumeClaimName: "data-orderer-1" } },
  });
  // A second pod of the same minute, or the same one anew, makes no second snapshots.
  expect(await takeMinute(api, minute, clock(begin), () => undefined)).toBe(12);
  expect(new Set(api.calls.filter((call) => call.startsWith("POST"))).size).toBe(1);
});

test("a pod that starts late leaves out the slots that have passed, and shifts none", async () => {
  const api = new MemoryApiServer();
  readyAtOnce(api);
  const minute = { place, claims: ["data-orderer-1"], every: 5, slots: 12 };
  expect(await takeMinute(api, minute, clock(begin + 7_300), () => undefined)).toBe(10);
  expect(api.get(`${all}/data-orderer-1-increments-20261123-230010`)).toBeDefined();
  expect(names(api)).toBe(10);
});

test("a storage that does not keep up gets no more to do, and a slot that fails hinders no other", async () => {
  const api = new MemoryApiServer();
  const told: string[] = [];
  const minute = { place, claims: ["slow"], every: 15, slots: 4 };
  expect(await takeMinute(api, minute, clock(begin), (_level, message) => told.push(message))).toBe(1);
  expect(told).toEqual(Array(3).fill("slot left out: the snapshot before is not ready"));
  const broken = new MemoryApiServer();
  let calls = 0;
  broken.before = () => {
    calls += 1;
    if (calls === 1) throw new Error("no answer");
  };
  readyAtOnce(api);
  expect(await takeMinute(broken, { ...minute, slots: 2 }, clock(begin), () => undefined)).toBe(1);
});
