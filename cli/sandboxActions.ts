/** What the `sandbox` commands do. Each reports its errors itself and sets the exit code. */
import { readFile } from "node:fs/promises";
import { pulumiEnvironment, shellLines } from "../sandbox/engine/environment";
import { reasonOf, SandboxError } from "../sandbox/errors";
import { type Progress, step } from "../sandbox/progress";
import { attachSandbox, type Sandbox, sandboxStatus, startSandbox, stopSandbox } from "../sandbox/sandbox";
import { parseZones } from "../sandbox/simulation/zoneSpec";
import { defaultStateFolder, layout } from "../sandbox/state";
import { printProgress } from "../sandbox/toolchain";
import { colours, statusText, stepText, upText } from "./sandboxText";

const print = (text: string): void => void process.stdout.write(text);
const printStep = (event: Progress): void => {
  print(stepText(event));
};

/** Starts the sandbox, or says that it runs already. */
export const up = reporting(async (options: { zones?: string }) => {
  const start = performance.now();
  const sandbox = await startSandbox({
    ...(options.zones === undefined ? {} : { zones: parseZones(options.zones) }),
    progress: printStep,
    buildProgress: printProgress(process.stdout),
  });
  print(upText(sandbox, (performance.now() - start) / 1000, colours(process.stdout)));
});

export const status = reporting(async (options: { json?: boolean }) => {
  const found = await sandboxStatus();
  print(options.json ? `${JSON.stringify(found, undefined, 2)}\n` : statusText(found, colours(process.stdout)));
  process.exitCode = found.state === "running" ? 0 : found.state === "absent" ? 3 : 1;
});

export const kubeconfig = reporting(async (options: { raw?: boolean }) => {
  const { kubeconfig } = runningSandbox();
  print(options.raw ? await readFile(kubeconfig, "utf8") : `${kubeconfig}\n`);
});

export const env = reporting(async () => {
  const { dir, kubeconfig } = runningSandbox();
  const { variables } = await pulumiEnvironment({
    stateDir: layout(dir).engine,
    // Standard output is for the shell.
    progress: printProgress(process.stderr),
  });
  print(shellLines({ KUBECONFIG: kubeconfig, ...variables }));
});

export const lose = reporting(async (zone: string) => {
  const sandbox = runningSandbox();
  await step(printStep, `losing ${zone}`, () => sandbox.loseZone(zone));
});

export const restore = reporting(async (zone: string) => {
  const sandbox = runningSandbox();
  await step(printStep, `restoring ${zone}`, () => sandbox.restoreZone(zone));
});

export const down = reporting(async () => {
  print(
    (await stopSandbox())
      ? "sandbox removed: no process and no folder remains\n"
      : `no sandbox in ${defaultStateFolder()}\n`,
  );
});

function runningSandbox(): Sandbox {
  const sandbox = attachSandbox();
  if (sandbox) return sandbox;
  throw new SandboxError(`no sandbox runs in ${defaultStateFolder()}`, "start one: fabric-topologies sandbox up");
}

/** Prints what went wrong and what to do about it, without a stack trace, and sets exit code 1. */
function reporting<Arguments extends unknown[]>(
  action: (...given: Arguments) => Promise<void>,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    try {
      await action(...given);
    } catch (thrown) {
      const fix = thrown instanceof SandboxError ? `\n  do: ${thrown.fix}` : "";
      process.stderr.write(`${colours(process.stderr).red("error:")} ${reasonOf(thrown)}${fix}\n`);
      process.exitCode = 1;
    }
  };
}
