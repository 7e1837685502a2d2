/**
 * What a preview of a large consortium costs, and the diff of a change of one line in it, and that neither grows faster than
 * the consortium: each as a person or a pipeline runs it. Ends with 1 where a promise of docs/architect.md is broken.
 *
 * npm run bench:preview [organisations...]
 */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { table } from "../../lib/explain/table";
import type { Preview } from "../../lib/preview/document";
import { consortium, peersOfEach } from "../support/consortium";

/** For a hundred organisations on two processors. */
const mostSeconds = 20;
const mostMegabytes = 1024;
/** Processor time of an organisation, in the largest consortium against the one before it. */
const steepest = 1.5;

const program = join(__dirname, "..", "..", "bin", "fabric-topologies.mjs");

/** What each process took, told by itself when it ends: a parent cannot ask for its children's memory. */
const reporting = `data:text/javascript,${encodeURIComponent(
  `import { appendFileSync } from "node:fs"; process.on("exit", () => appendFileSync(process.env.BENCH_USAGE, JSON.stringify(process.resourceUsage()) + "\\n"));`,
)}`;

/** What is run, by its name in the table; the change is that of one image. */
const commands: Readonly<Record<string, (network: string, changed: string) => readonly string[]>> = {
  "preview --json": (network) => ["preview", network, "--json"],
  preview: (network) => ["preview", network],
  diff: (network, changed) => ["diff", network, changed],
};

interface Run {
  readonly out: string;
  readonly seconds: number;
  /** Of all processors and processes together, garbage collection included. */
  readonly processorSeconds: number;
  /** Of the largest process. */
  readonly megabytes: number;
}

function runCommand(folder: string, words: readonly string[]): Promise<Run> {
  const [out, usage] = [join(folder, "out"), join(folder, "usage")];
  rmSync(usage, { force: true });
  const target = openSync(out, "w");
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ["ignore", target, "inherit"],
    env: { ...process.env, NODE_OPTIONS: `--import ${reporting}`, BENCH_USAGE: usage },
  });
  closeSync(target);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      // A diff that shows changes ends with 2.
      if (code !== 0 && code !== 2) return reject(new Error(`${words.join(" ")} ended with ${code}`));
      const processes = readFileSync(usage, "utf8").trim().split("\n");
      const used = processes.map((line) => JSON.parse(line) as NodeJS.ResourceUsage);
      resolve({
        out,
        seconds: (performance.now() - began) / 1000,
        processorSeconds:
          used.reduce((sum, { userCPUTime, systemCPUTime }) => sum + userCPUTime + systemCPUTime, 0) / 1e6,
        megabytes: Math.max(...used.map(({ maxRSS }) => maxRSS)) / 1024,
      });
    });
  });
}

interface Measured extends Run {
  readonly organisations: number;
  readonly command: string;
}

async function measure(folder: string, organisations: number): Promise<Measured[]> {
  const [network, changed] = [join(folder, `${organisations}.yaml`), join(folder, `${organisations}-changed.yaml`)];
  const text = stringify(consortium(organisations));
  writeFileSync(network, text);
  writeFileSync(changed, text.replace("/assets:1.0", "/assets:1.1"));
  const measured: Measured[] = [];
  for (const [command, words] of Object.entries(commands)) {
    const run = await runCommand(folder, words(network, changed));
    measured.push({ ...run, organisations, command });
    if (command.endsWith("--json")) {
      const { graph } = JSON.parse(readFileSync(run.out, "utf8")) as Preview;
      process.stdout.write(
        `${organisations} organisations, ${organisations * peersOfEach} peers: ${graph.resources.length} resources\n`,
      );
    }
  }
  return measured;
}

/** The promises that were broken. */
function broken(measured: readonly Measured[]): string[] {
  return Object.keys(commands).flatMap((command) => {
    const [last, before] = measured.filter((one) => one.command === command).reverse();
    if (last === undefined) return [];
    const each = (one: Measured) => one.processorSeconds / one.organisations;
    const steep = before === undefined ? 0 : each(last) / each(before);
    return [
      ...(last.seconds > mostSeconds ? [`${command}: ${last.seconds.toFixed(1)} s, and not ${mostSeconds}`] : []),
      ...(last.megabytes > mostMegabytes
        ? [`${command}: ${last.megabytes.toFixed(0)} MiB, and not ${mostMegabytes}`]
        : []),
      ...(steep > steepest
        ? [`${command}: an organisation takes ${steep.toFixed(2)} times as long as among fewer`]
        : []),
    ];
  });
}

async function main(sizes: readonly number[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-bench-"));
  try {
    const measured: Measured[] = [];
    for (const size of sizes) measured.push(...(await measure(folder, size)));
    const rows = measured.map(({ organisations, command, seconds, processorSeconds, megabytes }) => [
      `${organisations}`,
      command,
      seconds.toFixed(1),
      processorSeconds.toFixed(1),
      (processorSeconds / organisations).toFixed(2),
      megabytes.toFixed(0),
    ]);
    const head = ["organisations", "command", "s", "processor s", "of each", "peak MiB of a process"];
    process.stdout.write(`${cpus().length} processors\n${table(head, rows)}\n`);
    const faults = broken(measured);
    if (faults.length > 0) throw new Error(faults.join("\n"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2).map(Number);
main(asked.length > 0 ? asked : [10, 30, 100]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
