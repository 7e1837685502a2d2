import { PassThrough, Readable } from "node:stream";
import { btrfsDriver } from "../../../../agent/snapshots/btrfs";
import { CommandFailed, commandText, runCommands, runPipeline } from "../../../../agent/snapshots/commands";
import { lvmThinDriver } from "../../../../agent/snapshots/lvm-thin";
import { zfsDriver } from "../../../../agent/snapshots/zfs";

const text = (commands: readonly Parameters<typeof commandText>[0][]) => commands.map(commandText);

test("each driver's commands are those of its programs, increments compressed (R8)", () => {
  expect(text(btrfsDriver.take("/data/orderers", "/data/s2"))).toEqual([
    "btrfs subvolume snapshot -r /data/orderers /data/s2",
  ]);
  expect(text(btrfsDriver.shipping!.send("/data/s2", "/data/s1"))).toEqual([
    "btrfs send -q -p /data/s1 /data/s2",
    "zstd -1 -q -c",
  ]);
  expect(text(btrfsDriver.shipping!.receive("/remote"))).toEqual(["zstd -d -q -c", "btrfs receive -q /remote"]);
  expect(btrfsDriver.shipping!.received("/remote", "/data/s2")).toBe("/remote/s2");
  expect(text(zfsDriver.shipping!.send("tank/orderers@s2", "@s1"))).toEqual([
    "zfs send -i @s1 tank/orderers@s2",
    "zstd -1 -q -c",
  ]);
  expect(zfsDriver.shipping!.received("pool/orderers", "tank/orderers@s2")).toBe("pool/orderers@s2");
  expect(text(zfsDriver.take("tank/orderers", "tank/orderers@s2"))).toEqual(["zfs snapshot tank/orderers@s2"]);
  expect(text(lvmThinDriver.take("vg0/orderers", "vg0/s2"))).toEqual([
    "lvcreate --snapshot --permission r --setactivationskip y --name s2 vg0/orderers",
  ]);
  expect(text(lvmThinDriver.clone("vg0/s2", "vg0/clone")).at(-1)).toBe("lvchange --activate y vg0/clone");
  expect(lvmThinDriver.shipping).toBeUndefined();
});

test("a snapshot that arrived is told from one that did not by what the driver's program shows", () => {
  const shown = (uuid: string, flags: string) =>
    `s2\n\tName: \t\t\ts2\n\tUUID: \t\t\t1\n\tReceived UUID: \t\t${uuid}\n\tFlags: \t\t\t${flags}\n`;
  const btrfs = btrfsDriver.shipping!;
  expect(btrfs.incomplete(shown("0d3f", "readonly"))).toBeUndefined();
  expect(btrfs.incomplete(shown("-", "readonly"))).toBe("it has no received UUID");
  expect(btrfs.incomplete(shown("0d3f", "-"))).toBe("it can be written to");
  const zfs = zfsDriver.shipping!;
  expect(zfs.incomplete("type\tsnapshot\nguid\t12\ninconsistent\t0\n")).toBeUndefined();
  expect(zfs.incomplete("type\tfilesystem\nguid\t12\ninconsistent\t1\n")).toBe("it is no snapshot");
});

const shell = (script: string) => ({ program: "sh", args: ["-c", script] });

test("a pipeline has worked only when all of it has", async () => {
  const output = new PassThrough();
  let said = "";
  output.on("data", (piece: Buffer) => (said += piece.toString()));
  await runPipeline([shell("cat"), shell("tr a-z A-Z")], { input: Readable.from(["increment"]), output });
  expect(said).toBe("INCREMENT");
  await expect(
    runPipeline([shell("echo half; exit 7"), shell("cat")], { output: new PassThrough().resume() }),
  ).rejects.toThrow(CommandFailed);
  await expect(
    runPipeline([shell("cat"), shell("echo no room >&2; exit 1")], { input: Readable.from(["x"]) }),
  ).rejects.toThrow(/ended with 1: no room/);
});

test("a stream that breaks off ends the pipeline with a failure, and does not wait", async () => {
  const input = new PassThrough();
  input.write("the beginning");
  setImmediate(() => input.destroy(new Error("the link is cut")));
  await expect(runPipeline([shell("cat >/dev/null")], { input })).rejects.toThrow("the link is cut");
});

test("of commands one after the other the first that fails is told as a person would type it", async () => {
  expect(await runCommands([shell("echo first"), shell("echo second")])).toBe("second\n");
  await expect(runCommands([shell("exit 3"), shell("echo no")])).rejects.toThrow(
    "sh -c 'exit 3' ended with 3: no word",
  );
  await expect(runCommands([{ program: "no-such-program", args: [] }])).rejects.toThrow("ENOENT");
});
