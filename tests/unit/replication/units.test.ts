import * as fc from "fast-check";
import { tuningOf } from "../../../lib/replication/tuning";
import { bytesOf, inKib, kibibytes, kibPerSecond, quantityBytes } from "../../../lib/replication/units";

describe("DRBD's units", () => {
  it("take 100 MB/s for 97656, and 100M for 4.9 per cent more (R8)", () => {
    expect(kibPerSecond(100e6)).toBe(97656);
    expect(bytesOf("100M", 1024)).toBe(104_857_600);
  });

  it("never promise more than was asked, and less than a KiB/s less", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 2 ** 42 }), (bytes) => {
        const written = bytesOf(String(kibPerSecond(bytes)), 1024)!;
        return written <= bytes && bytes - written < 1024;
      }),
    );
  });

  it("say a size back that holds what was asked", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 42 }), (bytes) => {
        const written = bytesOf(inKib(bytes), 512)!;
        return written >= bytes && written - bytes < 1024;
      }),
    );
  });

  it.each(["100MB", "1e3", "-1", "", "1.5M", "M", "128KiB"])("take %j for nothing", (text) => {
    expect(bytesOf(text, 1024)).toBeUndefined();
  });

  it("are told in the largest unit that keeps them whole", () => {
    expect([0, 1000, 4096, 131072, 10 * 2 ** 20].map(kibibytes)).toEqual([
      "0 bytes",
      "1000 bytes",
      "4 KiB",
      "128 KiB",
      "10 MiB",
    ]);
    expect(["1Gi", "512Mi", "1G"].map(quantityBytes)).toEqual([2 ** 30, 2 ** 29, undefined]);
  });
});

it("a resync looks ahead five round trips and keeps twice on the way what the line holds", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6000 }),
      fc.integer({ min: 256_000, max: 2 ** 32 }),
      (roundTrip, resyncRate) => {
        const { planAhead, fillTarget, minRate, maxRate } = tuningOf({ protocol: "A", roundTrip, resyncRate });
        const held = (resyncRate * roundTrip) / 1000;
        return (
          planAhead * 100 >= Math.min(30_000, 5 * roundTrip) &&
          (fillTarget >= 2 * held || fillTarget > 511 * 2 ** 20) &&
          minRate < maxRate
        );
      },
    ),
  );
});
