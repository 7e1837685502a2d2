import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

/**
 * Every check and every tier of tests, one after the other, each even when one before it failed; then the sum.
 *
 *     tsx tests/run.ts [tier …]      (without a tier: everything)
 */

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<Count>;
}

/** A tool that finds nothing wrong, or says what. It counts as one test. */
const check = (name: string, ...command: [string, ...string[]]): Step => ({
  name,
  run: async () => ((await started("npx", ["--no-install", ...command])) === 0 ? counted(1, 0) : counted(0, 1)),
});

/** One of jest's projects. Tests that need the machine to themselves run one after the other. */
const tier = (name: string, ...options: string[]): Step => ({
  name,
  run: async () => (await jest(name, ...options)).all,
});

/**
 * One of jest's projects, against real programs in real time. A file of it that failed runs once more, alone; what passes
 * only then counts, and is said (docs/decisions/second-run.md).
 */
const realTier = (name: string, ...options: string[]): Step => ({
  name,
  run: async () => {
    const first = await jest(name, ...options);
    if (first.failedFiles.length === 0) return first.all;
    console.log(`\n${name}: once more, alone: ${first.failedFiles.join(", ")}`);
    const second = await jest(name, "--runInBand", "--runTestsByPath", ...first.failedFiles);
    const outcome = second.all.failed === 0 ? "passed only at the second run" : "failed twice";
    console.log(`${name}: ${outcome}: ${first.failedFiles.join(", ")}`);
    return add(first.soundFiles, second.all);
  },
});

const steps: readonly Step[] = [
  check("types", "tsc", "--noEmit"),
  check("report script", "tsc", "--noEmit", "-p", "lib/preview/report/browser"),
  check("chaincode", "tsc", "--noEmit", "-p", "examples/chaincode/asset-transfer"),
  check("lint", "eslint", "."),
  check("format", "prettier", "--check", "--log-level", "warn", "."),
  check("layers", "depcruise", "--config", ".dependency-cruiser.cjs", "."),
  check("dead code", "knip"),
  tier("unit", "--maxWorkers=100%"),
  tier("model"),
  tier("manifests"),
  tier("graph"),
  realTier("browser", "--maxWorkers=2"),
  realTier("fabric", "--runInBand"),
  realTier("gateway", "--runInBand"),
  realTier("storage", "--runInBand"),
  realTier("replication", "--runInBand"),
  realTier("cluster", "--maxWorkers=2"),
  realTier("drill", "--runInBand"),
];

void main(process.argv.slice(2));

async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`no tier ${unknown.join(", ")}; there are: ${steps.map(({ name }) => name).join(", ")}`);
    process.exit(2);
  }
  const results: { name: string; seconds: number; count: Count }[] = [];
  for (const { name, run } of steps.filter((step) => wanted.length === 0 || wanted.includes(step.name))) {
    console.log(`\n── ${name}`);
    const begun = performance.now();
    const count = await run();
    results.push({ name, seconds: (performance.now() - begun) / 1000, count });
  }
  console.log("");
  for (const { name, seconds, count } of results)
    console.log(`${name.padEnd(10)} ${seconds.toFixed(1).padStart(7)} s  ${told(count)}`);
  const sum = results.map(({ count }) => count).reduce(add, counted(0, 0));
  console.log(told(sum));
  process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);
}

/** What a run of jest said of its tests. */
interface Outcome {
  readonly all: Count;
  /** The count of those files alone in which nothing failed. */
  readonly soundFiles: Count;
  readonly failedFiles: readonly string[];
}

async function jest(name: string, ...options: string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-tests-"));
  const report = join(folder, "report.json");
  try {
    // A test that fails may leave a server open; the run must end all the same.
    const code = await started("npx", [
      ...["--no-install", "jest", "--selectProjects", name, "--passWithNoTests=false", "--forceExit"],
      ...["--json", `--outputFile=${report}`, ...options],
    ]);
    return readReport(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As much of jest's report as is read here. */
interface Report {
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** A suite that could not even start has run no test: it counts as one that failed. */
function readReport(report: string, code: number): Outcome {
  try {
    const { numRuntimeErrorTestSuites, testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
    const bad = testResults.filter(({ status }) => status === "failed");
    const count = (files: Report["testResults"]): Count => {
      const tests = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
      const [passed, failed] = ["passed", "failed"].map((wanted) => tests.filter((status) => status === wanted).length);
      return counted(passed ?? 0, failed ?? 0, tests.length - (passed ?? 0) - (failed ?? 0));
    };
    const soundFiles = count(testResults.filter((file) => !bad.includes(file)));
    const counts = add(count(testResults), counted(0, numRuntimeErrorTestSuites));
    const all = counts.failed === 0 && code !== 0 ? add(counts, counted(0, 1)) : counts;
    return { all, soundFiles, failedFiles: bad.map(({ name }) => relative(process.cwd(), name)) };
  } catch {
    return { all: counted(0, 1), soundFiles: counted(0, 0), failedFiles: [] };
  }
}

function started(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

const counted = (passed: number, failed: number, skipped = 0): Count => ({ passed, failed, skipped });

const add = (one: Count, other: Count): Count =>
  counted(one.passed + other.passed, one.failed + other.failed, one.skipped + other.skipped);

const told = ({ passed, failed, skipped }: Count): string => `${passed} passed, ${failed} failed, ${skipped} skipped`;
