/** Real nodes leave nothing behind on the machine, whatever was killed, and touch nothing that they did not make. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { planOf } from "../../sandbox/nodes/plan";
import { inNamespace } from "../../sandbox/nodes/processes";
import { startSandbox, stopSandbox } from "../../sandbox/sandbox";
import { readRecord } from "../../sandbox/state";
import { eventually } from "./support/cluster";
import { footprint, machineState } from "./support/footprint";
import { describeRealNodes, patience } from "./support/real-nodes";

jest.setTimeout(patience);

const zones = [
  { name: "zone-a", nodes: 1 },
  { name: "zone-b", nodes: 1 },
];

describeRealNodes("real nodes", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nodes-removed-"));
  const dir = path.join(folder, "sandbox");
  afterAll(async () => {
    await stopSandbox(dir);
    rmSync(folder, { recursive: true, force: true });
  });

  /** By a program's name inside a zone; its own number, not that of what started it. */
  function pidsOf(program: string): number[] {
    const record = readRecord(dir);
    const plan = record && planOf(record);
    return (plan?.zones ?? [])
      .flatMap(({ netnsFile }) => inNamespace(netnsFile))
      .filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === program);
  }

  const kill = (pid: number): boolean => process.kill(pid, "SIGKILL");

  test.each([
    ["by down", () => undefined],
    [
      "by the next command, when the daemon, a kubelet and a containerd were killed",
      () => {
        const record = readRecord(dir);
        const [kubelet] = pidsOf("kubelet");
        const runtimes = pidsOf("containerd");
        if (!record?.daemon || !kubelet || !runtimes[1]) throw new Error("not all of it runs");
        for (const pid of [record.daemon.pid, kubelet, runtimes[1]]) kill(pid);
      },
    ],
  ])("are removed %s", async (_, harm) => {
    const before = machineState();
    await startSandbox({ dir, nodes: "real", zones, owner: process.pid });
    const record = readRecord(dir);
    const plan = record && planOf(record);
    if (!plan) throw new Error("no real nodes are recorded");
    const words = [plan.tag, dir, record.id];
    const there = footprint(words);
    for (const kind of [/^process .*kubelet/, /^network namespace/, /^interface/, /^control group/, /^claim/]) {
      expect(there.filter((line) => kind.test(line))).not.toEqual([]);
    }
    // The zones' mounts are in no other process's sight.
    expect(there.filter((line) => line.startsWith("mount") && !line.includes("/run/netns"))).toEqual([]);

    harm();
    expect(await stopSandbox(dir)).toBe(true);
    expect(footprint(words)).toEqual([]);
    expect(machineState()).toEqual(before);
  });

  test("end with the process that they were started for", async () => {
    await startSandbox({ dir, nodes: "real", zones, owner: process.pid });
    const record = readRecord(dir);
    const plan = record && planOf(record);
    if (!plan || !record.daemon) throw new Error("no real nodes are recorded");
    // As when the daemon is told to end by whatever ends sessions.
    process.kill(record.daemon.pid, "SIGHUP");
    await eventually("nothing is left", () => footprint([plan.tag, dir, record.id]).length === 0);
  });
});
