import { execFileSync } from "node:child_process";
import { cpSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Transform } from "node:stream";
import { type Arrived, receiveSnapshot } from "../../agent/snapshots/arrive";
import { btrfsDriver } from "../../agent/snapshots/btrfs";
import { runCommands, runPipeline } from "../../agent/snapshots/commands";
import { blockFileName } from "../../lib/fabric/ledger/block-files";
import { type LedgerAnchor, walkFiles } from "../../lib/recovery/continuity/chain";
import { chainOf, hashAt, writeBlockFiles } from "../support/block-files";
import { BtrfsFileSystems, missingForBtrfs } from "./btrfs-file-systems";

jest.setTimeout(120_000);

const reason = missingForBtrfs();
if (reason !== undefined) {
  process.stderr.write(`storage: skipped: ${reason} (sh scripts/prerequisites.sh storage)\n`);
  test.skip("increments travel between two btrfs file systems", () => undefined);
} else {
  describe("increments between two btrfs file systems", () => {
    let source: string;
    let target: string;
    let systems: BtrfsFileSystems;

    beforeEach(() => {
      systems = new BtrfsFileSystems();
      source = systems.make("center-1");
      target = systems.make("center-3");
      systems.subvolume(join(source, "orderers"));
    });
    afterEach(() => systems.remove());

    const blocks = chainOf(600, (n) => [`transaction ${n} `.repeat(400)]);
    const ledger = (unit: string) => join(unit, "orderer-1", "chains", "main");
    const snapshotOf = (number: number) => join(source, `orderers-${number}`);
    const nodes = (received: string) => [join(received, "orderer-1")];

    /** The ledger as it grew to a height, and a snapshot of it. */
    async function snapshot(number: number, height: number): Promise<void> {
      writeBlockFiles(ledger(join(source, "orderers")), blocks.slice(0, height), 300);
      await runCommands(btrfsDriver.take(join(source, "orderers"), snapshotOf(number)));
    }

    /** @param cut After how many bytes the link breaks. */
    async function ship(
      number: number,
      parent?: number,
      anchors: ReadonlyMap<string, LedgerAnchor> = new Map(),
      cut?: number,
    ): Promise<{ readonly arrived: Arrived; readonly sent: Error | undefined; readonly bytes: number }> {
      let bytes = 0;
      const link = new Transform({
        transform(piece: Buffer, _encoding, done) {
          bytes += piece.length;
          if (cut !== undefined && bytes > cut) done(new Error("the link is cut"));
          else done(undefined, piece);
        },
      });
      const stream = new PassThrough();
      link.pipe(stream);
      link.once("error", (error) => stream.destroy(error));
      const from = parent === undefined ? undefined : snapshotOf(parent);
      const sending = runPipeline(btrfsDriver.shipping!.send(snapshotOf(number), from), { output: link }).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      const arrived = await receiveSnapshot(btrfsDriver, {
        place: target,
        snapshot: snapshotOf(number),
        stream,
        anchors,
        heard: new Map([["main", [{ height: 40, hash: hashAt(blocks, 40) }]]]),
        nodes,
      });
      return { arrived, sent: await sending, bytes };
    }

    test("an increment is verified from the anchor of the one before, and a clone of it can be written to (R8)", async () => {
      await snapshot(1, 500);
      const first = await ship(1);
      if (first.arrived.kind !== "verified") throw new Error(JSON.stringify(first));
      await snapshot(2, 510);
      const second = await ship(2, 1, first.arrived.anchors);
      expect(second).toMatchObject({
        sent: undefined,
        arrived: {
          kind: "verified",
          received: join(target, "orderers-2"),
          verdicts: [{ from: 499, height: 510, hash: hashAt(blocks, 510) }],
        },
      });
      const clone = join(target, "clone");
      await runCommands(btrfsDriver.clone(join(target, "orderers-2"), clone));
      writeFileSync(join(ledger(clone), "written"), "");
      expect(() => writeFileSync(join(ledger(join(target, "orderers-2")), "written"), "")).toThrow(/EROFS/);
      expect((await walkFiles(ledger(clone))).height).toBe(510);
    });

    test("an increment that was half received is told, deleted, and comes through at the next try (R8)", async () => {
      await snapshot(1, 20);
      const first = await ship(1);
      if (first.arrived.kind !== "verified") throw new Error(JSON.stringify(first));
      // What compression cannot shrink, so that the link breaks in the middle of it.
      writeFileSync(
        join(source, "orderers", "wal"),
        execFileSync("head", ["-c", "20000000", "/dev/urandom"], { maxBuffer: 1e8 }),
      );
      await snapshot(2, 60);
      const broken = await ship(2, 1, first.arrived.anchors, 8_000_000);
      expect(broken.arrived).toMatchObject({ kind: "not-received" });
      expect(broken.sent).toBeInstanceOf(Error);
      expect(existsSync(join(target, "orderers-2"))).toBe(false);
      expect((await ship(2, 1, first.arrived.anchors)).arrived).toMatchObject({
        kind: "verified",
        verdicts: [{ height: 60 }],
      });
    });

    test("what an interrupted receiver leaves is known for it, although it looks like any other (R8)", async () => {
      await snapshot(1, 20);
      await ship(1);
      const inspect = (path: string) => runCommands([btrfsDriver.shipping!.inspect(path)]);
      expect(btrfsDriver.shipping!.incomplete(await inspect(join(target, "orderers-1")))).toBeUndefined();
      // As btrfs receive makes it before it has everything.
      const half = join(target, "orderers-2");
      execFileSync("btrfs", ["subvolume", "create", half], { stdio: "ignore" });
      cpSync(ledger(join(target, "orderers-1")), ledger(half), { recursive: true });
      expect(btrfsDriver.shipping!.incomplete(await inspect(half))).toBe(
        "it can be written to, and it has no received UUID",
      );
    });

    test("without its parent at the receiver an increment is refused, and nothing of it stays (R8)", async () => {
      await snapshot(1, 20);
      await snapshot(2, 30);
      const { arrived } = await ship(2, 1);
      expect(arrived).toMatchObject({
        kind: "not-received",
        reason: expect.stringContaining("cannot find parent subvolume"),
      });
      expect(existsSync(join(target, "orderers-2"))).toBe(false);
      expect((await ship(2)).arrived).toMatchObject({ kind: "verified" });
    });

    test("a damaged ledger arrives as it was sent, and does not count (R8)", async () => {
      await snapshot(1, 50);
      const file = join(ledger(join(source, "orderers")), blockFileName(0));
      execFileSync("truncate", ["-s", `${statSync(file).size - 100}`, file]);
      await runCommands(btrfsDriver.take(join(source, "orderers"), snapshotOf(2)));
      const { arrived } = await ship(2);
      expect(arrived).toMatchObject({ kind: "bad", verdicts: [{ outcome: "damaged", faults: [{ kind: "torn" }] }] });
    });

    test("space that was reserved and never written costs next to nothing on the link", async () => {
      await snapshot(1, 20);
      execFileSync("fallocate", ["-l", "64M", join(source, "orderers", "wal")]);
      await snapshot(2, 25);
      await ship(1);
      const { arrived, bytes } = await ship(2, 1);
      expect(arrived.kind).toBe("verified");
      expect(bytes).toBeLessThan(1_000_000);
    });

    test("what is removed is gone, and its space is free when that was waited for", async () => {
      await snapshot(1, 20);
      await runCommands(btrfsDriver.remove(snapshotOf(1)));
      expect(existsSync(snapshotOf(1))).toBe(false);
      await runCommands(btrfsDriver.untilFreed(snapshotOf(1)));
      expect(execFileSync("btrfs", ["subvolume", "list", "-d", source], { encoding: "utf8" })).toBe("");
    });
  });
}
