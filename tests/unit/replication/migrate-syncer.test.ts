import * as fc from "fast-check";
import { migrateSyncer, type Migration } from "../../../lib/replication/syncer/migrate";
import { syncerOptions } from "../../../lib/replication/syncer/options";

function migrated(line: string): Migration {
  const migration = migrateSyncer(line);
  if ("problems" in migration) throw new Error(migration.problems.map(({ found }) => found).join(", "));
  return migration;
}

const problems = (line: string) => {
  const migration = migrateSyncer(line);
  return "problems" in migration ? migration.problems : [];
};

describe("an old syncer line", () => {
  it("of the requirement is told word by word, with what was never right in it (R8)", () => {
    const { words, resource, beside } = migrated("drbdsetup /dev/drbd0 syncer -r 100M -a 128K -d 4K");
    expect(words.map((word) => [word.words, word.option, word.translation?.refused ?? false])).toEqual([
      ["drbdsetup", undefined, false],
      ["/dev/drbd0", undefined, false],
      ["syncer", undefined, false],
      ["-r 100M", "rate", false],
      ["-a 128K", "after", true],
      ["-d 4K", "c-delay-target", true],
    ]);
    expect(words.map(({ translation }) => translation?.intended).filter((text) => text !== undefined)).toEqual([
      "100 MB/s",
      "a granularity of 128 KiB",
      "pieces of 4 KiB",
    ]);
    expect(resource).toEqual({ "disk of each connection": ["c-plan-ahead 20", "c-max-rate 97656"] });
    expect(beside.join("\n")).toMatch(/tc [^]*--chunksize 128k[^]*--bitmap-block-size=128k/);
  });

  it("is read as a section of a file, with options in full, and with values glued to their letters", () => {
    const steps = { "disk of each connection": ["c-plan-ahead 20", "c-max-rate 32226"], disk: ["al-extents 257"] };
    expect(migrated("syncer { rate 33M; al-extents 257; }").resource).toEqual(steps);
    expect(migrated("syncer --rate 33M --al-extents=257").resource).toEqual(steps);
    expect(migrated("-r33M -e257").resource).toEqual(steps);
  });

  it("keeps the last word about how far to look ahead", () => {
    expect(migrated("syncer -r 100M -p 50").resource["disk of each connection"]).toEqual([
      "c-max-rate 97656",
      "c-plan-ahead 50",
    ]);
  });

  it("is told to be wrong with its column, what there is, and what was near", () => {
    expect(problems("syncer --rat 100M")).toMatchObject([
      { found: "--rat", line: 1, column: 8, fix: expect.stringContaining("--rate") },
      { found: "100M" },
    ]);
    expect(problems("syncer -r")).toMatchObject([
      { found: "-r without a value", allowed: expect.stringContaining("KiB") },
    ]);
    expect(problems("drbdsetup syncer")).toMatchObject([{ found: expect.stringContaining("no option") }]);
    expect(problems("")).toMatchObject([{ found: "an empty line" }]);
  });

  it("of every option that DRBD 8.3 had is known in both its forms", () => {
    for (const { long, short, takes } of syncerOptions) {
      const value =
        takes === undefined
          ? ""
          : long === "on-no-data-accessible"
            ? " io-error"
            : long === "c-max-rate"
              ? " 250"
              : " 100";
      for (const name of [`-${short}`, `--${long}`]) {
        const [word] = migrated(`${name}${value}`).words;
        expect([word?.option, word?.translation?.refused]).toEqual([long, undefined]);
      }
    }
  });

  it("of any words is explained or refused, never neither", () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const migration = migrateSyncer(line);
        return "problems" in migration ? migration.problems.length > 0 : migration.words.length > 0;
      }),
    );
  });

  it("with a rate promises no more in DRBD 9 than was meant", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), (rate) => {
        const lines = migrated(`-r ${rate}M`).resource["disk of each connection"] ?? [];
        const kib = Number(lines.find((line) => line.startsWith("c-max-rate"))?.split(" ")[1]);
        return kib * 1024 <= rate * 1e6 && kib * 1024 > rate * 1e6 - 1024;
      }),
    );
  });
});
