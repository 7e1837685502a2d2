import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
  run: async () => {
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
  tier("browser", "--maxWorkers=2"),
  tier("fabric", "--runInBand"),
  tier("gateway", "--runInBand"),
  tier("storage", "--runInBand"),
  tier("replication", "--runInBand"),
  tier("cluster", "--maxWorkers=2"),
  tier("drill", "--runInBand"),
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

/** A suite that could not even start has run no test: it counts as one that failed. */
function readReport(report: string, code: number): Count {
  try {
    const parsed = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
    const failed = (parsed["numFailedTests"] ?? 0) + (parsed["numRuntimeErrorTestSuites"] ?? 0);
    const passed = parsed["numPassedTests"] ?? 0;
    const skipped = (parsed["numPendingTests"] ?? 0) + (parsed["numTodoTests"] ?? 0);
    return counted(passed, failed === 0 && code !== 0 ? 1 : failed, skipped);
  } catch {
    return counted(0, 1);
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
