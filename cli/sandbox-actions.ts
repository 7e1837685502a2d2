/** What the `sandbox` commands do. */
import { readFile } from "node:fs/promises";
import { pulumiEnvironment, shellLines } from "../sandbox/engine/environment";
import { SandboxError } from "../sandbox/errors";
import { attachFederation } from "../sandbox/federation/federation";
import { type Progress, step } from "../sandbox/progress";
import { attachSandbox, type Sandbox, sandboxStatus, startSandbox, stopSandbox } from "../sandbox/sandbox";
import { parseZones } from "../sandbox/simulation/zone-spec";
import { defaultStateFolder, layout } from "../sandbox/state";
import { printProgress } from "../sandbox/toolchain";
import { type FederationWords, upFederated } from "./sandbox-federation";
import { statusText, stepText, upText } from "./sandbox-text";
import { colours } from "./terminal";

const print = (text: string): void => void process.stdout.write(text);
const printStep = (event: Progress): void => {
  print(stepText(event));
};

/** Starts the sandbox, or says that it runs already. */
export async function up(options: FederationWords & { readonly federated?: boolean }): Promise<void> {
  if (options.federated) return upFederated(options);
  if (options.engine !== undefined || options.members !== undefined) {
    throw new SandboxError("--engine and --members without --federated", "add --federated, or leave them out");
  }
  const start = performance.now();
  const sandbox = await startSandbox({
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.zones === undefined ? {} : { zones: parseZones(options.zones) }),
    progress: printStep,
    buildProgress: printProgress(process.stdout),
  });
  print(upText(sandbox, (performance.now() - start) / 1000, colours(process.stdout)));
}

export async function status(options: { json?: boolean }): Promise<void> {
  const found = await sandboxStatus();
  print(options.json ? `${JSON.stringify(found, undefined, 2)}\n` : statusText(found, colours(process.stdout)));
  process.exitCode = found.state === "running" ? 0 : found.state === "absent" ? 3 : 1;
}

export async function kubeconfig(options: { raw?: boolean }): Promise<void> {
  const { kubeconfig } = runningClusters();
  print(options.raw ? await readFile(kubeconfig, "utf8") : `${kubeconfig}\n`);
}

export async function env(): Promise<void> {
  const { dir, kubeconfig } = runningClusters();
  const { variables } = await pulumiEnvironment({
    stateDir: layout(dir).engine,
    // Standard output is for the shell.
    progress: printProgress(process.stderr),
  });
  print(shellLines({ KUBECONFIG: kubeconfig, ...variables }));
}

export async function lose(zone: string): Promise<void> {
  const sandbox = runningSandbox();
  await step(printStep, `losing ${zone}`, () => sandbox.loseZone(zone));
}

export async function cut(zone: string, other?: string): Promise<void> {
  const sandbox = runningSandbox();
  if (other === undefined) await step(printStep, `cutting ${zone} off`, () => sandbox.cutZone(zone));
  else await step(printStep, `cutting ${zone} from ${other}`, () => sandbox.cutLink(zone, other));
}

export async function kill(zone: string): Promise<void> {
  const sandbox = runningSandbox();
  await step(printStep, `killing ${zone}`, () => sandbox.killZone(zone));
}

export async function restore(zone: string, other?: string): Promise<void> {
  const sandbox = runningSandbox();
  if (other === undefined) await step(printStep, `restoring ${zone}`, () => sandbox.restoreZone(zone));
  else await step(printStep, `joining ${zone} and ${other}`, () => sandbox.restoreLink(zone, other));
}

export async function down(): Promise<void> {
  print(
    (await stopSandbox())
      ? "sandbox removed: no process and no folder remains\n"
      : `no sandbox in ${defaultStateFolder()}\n`,
  );
}

/** Whatever runs: one cluster, or a federation. */
const runningClusters = (): Pick<Sandbox, "dir" | "kubeconfig"> => attachFederation() ?? runningSandbox();

function runningSandbox(): Sandbox {
  const sandbox = attachSandbox();
  if (sandbox) return sandbox;
  if (attachFederation()) {
    throw new SandboxError(
      `the sandbox in ${defaultStateFolder()} is a federation, whose zones are its members'`,
      "take a member away: fabric-topologies sandbox member --help",
    );
  }
  throw new SandboxError(`no sandbox runs in ${defaultStateFolder()}`, "start one: fabric-topologies sandbox up");
}
