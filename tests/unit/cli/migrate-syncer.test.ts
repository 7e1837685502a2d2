import { run } from "./run";

const line = "drbdsetup /dev/drbd0 syncer -r 100M -a 128K -d 4K";

describe("migrate-syncer", () => {
  it("tells the old line word by word, and what says it to DRBD 9 (R8)", async () => {
    const { exit, out, err } = await run("migrate-syncer", line);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toContain("-a 128K  after: resync this device after that one");
    expect(out).toContain("refused by DRBD 8: 128K is no minor");
    expect(out).toContain("    c-max-rate 97656;");
    // A line that nobody put into quotes is the same.
    expect((await run("migrate-syncer", "--", ...line.split(" "))).out).toBe(out);
  });

  it("gives the same to programs", async () => {
    const { exit, out } = await run("migrate-syncer", "--json", line);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      line,
      resource: { "disk of each connection": ["c-plan-ahead 20", "c-max-rate 97656"] },
    });
  });

  it("says what it does not know, where, and what there is", async () => {
    const { exit, out, err } = await run("migrate-syncer", "syncer --rat 100M");
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toContain("the syncer line:1:8  found --rat");
    expect(err).toContain("do: write --rate");
    expect(err).not.toMatch(/^ +at /m);
  });
});
