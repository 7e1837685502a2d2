import fc from "fast-check";
import { timingOf } from "../../../lib/fabric/timing";

const roundTrips = fc.double({ min: 0.01, max: 2000, noNaN: true });

function milliseconds(duration: string): number {
  const match = /^([0-9.]+)(ms|s)$/.exec(duration);
  if (match?.[1] === undefined) throw new Error(`${duration} is no duration`);
  return Number(match[1]) * (match[2] === "s" ? 1000 : 1);
}

const tickOf = (roundTrip: number) => milliseconds(timingOf(roundTrip).raft.tickInterval);

test("one city gets the values that were measured in one", () => {
  for (const roundTrip of [0.2, 2, 5]) {
    expect(timingOf(roundTrip)).toMatchObject({
      raft: { tickInterval: "100ms", electionTick: 10, heartbeatTick: 1 },
      peer: { execute: "15s", endorsement: "3s", broadcast: "1s", dial: "1s" },
      batchTimeout: "200ms",
      secondsWithoutCommit: { usual: 2, worst: 4 },
      longestNotReady: 14,
    });
  }
});

test.each([
  [10, "100ms"],
  [20, "200ms"],
  [50, "500ms"],
  [200, "500ms"],
  [250, "500ms"],
  [300, "600ms"],
])("%d ms there and back make a tick of %s", (roundTrip, tick) => {
  expect(timingOf(roundTrip).raft.tickInterval).toBe(tick);
});

test("a heartbeat is there and back before the next, and an election takes many round trips", () => {
  fc.assert(
    fc.property(roundTrips, (roundTrip) => {
      const tick = tickOf(roundTrip);
      expect(tick).toBeGreaterThanOrEqual(2 * roundTrip);
      expect(tick * timingOf(roundTrip).raft.electionTick).toBeGreaterThanOrEqual(10 * roundTrip);
    }),
  );
});

test("the tick stays between 100 ms and Fabric's 500 ms unless the distance needs more", () => {
  fc.assert(
    fc.property(roundTrips, (roundTrip) => {
      const tick = tickOf(roundTrip);
      expect(tick).toBeGreaterThanOrEqual(100);
      if (roundTrip <= 250) expect(tick).toBeLessThanOrEqual(500);
    }),
  );
});

test("nothing gets faster with the distance", () => {
  fc.assert(
    fc.property(roundTrips, roundTrips, (one, other) => {
      const [near, far] = [timingOf(Math.min(one, other)), timingOf(Math.max(one, other))];
      const times = ({ raft, batchTimeout, peer, secondsWithoutCommit }: typeof near) => [
        ...[raft.tickInterval, batchTimeout, peer.broadcast, peer.dial].map(milliseconds),
        secondsWithoutCommit.usual,
        secondsWithoutCommit.worst,
      ];
      const farTimes = times(far);
      times(near).forEach((time, index) => expect(time).toBeLessThanOrEqual(farTimes[index] ?? -1));
    }),
  );
});

test("Go reads every duration, and there is a reason for every value", () => {
  fc.assert(
    fc.property(roundTrips, (roundTrip) => {
      const { raft, batchTimeout, peer, choices } = timingOf(roundTrip);
      for (const duration of [raft.tickInterval, batchTimeout, ...Object.values(peer)]) {
        expect(duration).toMatch(/^[0-9]+(\.[0-9])?(ms|s)$|^[0-9]+\.[0-9]{1,3}s$/);
      }
      expect(choices.map(({ value }) => value)).toEqual(expect.arrayContaining([raft.tickInterval, peer.broadcast]));
      for (const { subject, reason } of choices) expect(`${subject} ${reason}`).not.toContain("undefined");
    }),
  );
});

test("a peer that does not endorse is left within what a lost zone may cost, unless the network file says otherwise", () => {
  expect(milliseconds(timingOf(2).peer.endorsement)).toBeLessThan(5000);
  expect(timingOf(2, "30s").peer.endorsement).toBe("30s");
});

test.each([0, -1, Number.NaN, Infinity])("%d ms is no round trip", (roundTrip) => {
  expect(() => timingOf(roundTrip)).toThrow(RangeError);
});
