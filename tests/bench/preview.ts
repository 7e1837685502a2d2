/**
 * What a preview of a large consortium costs, and that it grows no faster than the consortium: each in a process of its own,
 * as a person or a pipeline runs it. Ends with 1 where a promise of docs/architect.md is broken.
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

/** What a process took, told by itself when it ends: a parent cannot ask for its child's memory. */
const reporting = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));`,
)}`;

interface Run {
  readonly out: string;
  readonly seconds: number;
  /** Of all processors together, garbage collection included. */
  readonly processorSeconds: number;
  readonly megabytes: number;
}

function runPreview(folder: string, network: string, form: readonly string[]): Promise<Run> {
  const out = join(folder, "out");
  const target = openSync(out, "w");
  const began = performance.now();
  const child = spawn(process.execPath, ["--import", reporting, program, "preview", network, ...form], {
    stdio: ["ignore", target, "inherit", "pipe"],
  });
  closeSync(target);
  let usage = "";
  child.stdio[3]?.on("data", (chunk: Buffer) => (usage += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`preview ${network} ended with ${code}`));
      const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(usage) as NodeJS.ResourceUsage;
      resolve({
        out,
        seconds: (performance.now() - began) / 1000,
        processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
        megabytes: maxRSS / 1024,
      });
    });
  });
}

interface Measured extends Run {
  readonly organisations: number;
  readonly form: string;
}

async function measure(folder: string, organisations: number): Promise<Measured[]> {
  const network = join(folder, `${organisations}.yaml`);
  writeFileSync(network, stringify(consortium(organisations)));
  const measured: Measured[] = [];
  for (const form of [["--json"], []]) {
    const run = await runPreview(folder, network, form);
    measured.push({ ...run, organisations, form: form.join(" ") || "text" });
    if (form.length > 0) {
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
  return ["--json", "text"].flatMap((form) => {
    const [last, before] = measured.filter((one) => one.form === form).reverse();
    if (last === undefined) return [];
    const each = (one: Measured) => one.processorSeconds / one.organisations;
    const steep = before === undefined ? 0 : each(last) / each(before);
    return [
      ...(last.seconds > mostSeconds ? [`${form}: ${last.seconds.toFixed(1)} s, and not ${mostSeconds}`] : []),
      ...(last.megabytes > mostMegabytes
        ? [`${form}: ${last.megabytes.toFixed(0)} MiB, and not ${mostMegabytes}`]
        : []),
      ...(steep > steepest ? [`${form}: an organisation takes ${steep.toFixed(2)} times as long as among fewer`] : []),
    ];
  });
}

async function main(sizes: readonly number[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-bench-"));
  try {
    const measured: Measured[] = [];
    for (const size of sizes) measured.push(...(await measure(folder, size)));
    const rows = measured.map(({ organisations, form, seconds, processorSeconds, megabytes }) => [
      `${organisations}`,
      form,
      seconds.toFixed(1),
      processorSeconds.toFixed(1),
      (processorSeconds / organisations).toFixed(2),
      megabytes.toFixed(0),
    ]);
    const head = ["organisations", "form", "s", "processor s", "of each", "peak MiB"];
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
