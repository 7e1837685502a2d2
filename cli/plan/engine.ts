import { realpathSync } from "node:fs";
import { recovery } from "../../lib/deploy/recovery";
import { previewArguments, toldByEngine, type Told } from "../../lib/preview/engine/told";
import { pulumiEnvironment } from "../../sandbox/engine/environment";
import { attachFederation } from "../../sandbox/federation/federation";
import { attachSandbox } from "../../sandbox/sandbox";
import { layout } from "../../sandbox/state";
import { printProgress } from "../../sandbox/toolchain";
import { runEngine, type EngineRun } from "../engine-run";
import { CommandError } from "../errors";
import type { PulumiProject } from "../../lib/spec/source/pulumi-project";
import { checkout, sandboxStack } from "../sandbox-stack";

/** Which `pulumi` is run, and with what environment. */
export interface Engine {
  readonly pulumi: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The engine that keeps a stack: for the sandbox's own stack, the one that the sandbox brings; else the `pulumi` on PATH,
 * with the login that it has.
 */
export async function engineOf(project: PulumiProject, stack: string): Promise<Engine> {
  const sandbox = stack === sandboxStack && isCheckout(project) ? (attachSandbox() ?? attachFederation()) : undefined;
  if (sandbox === undefined) return { pulumi: "pulumi", env: process.env };
  return pulumiEnvironment({ stateDir: layout(sandbox.dir).engine, progress: printProgress(process.stderr) });
}

function isCheckout({ folder }: PulumiProject): boolean {
  return realpathSync(folder) === realpathSync(checkout);
}

/**
 * What the engine says of a stack: a real `pulumi preview`, which changes nothing.
 * @throws CommandError with the engine's words, where it comes to no preview
 */
export async function askEngine(
  project: PulumiProject,
  stack: string,
  engine: Engine,
): Promise<Pick<Told, "resources">> {
  const args = [...previewArguments, "--stack", stack];
  const run = await runEngine(engine.pulumi, args, { env: engine.env, cwd: project.folder }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CommandError(
      "`pulumi` is not on PATH",
      'install it (https://www.pulumi.com/docs/install); for the sandbox: eval "$(npx fabric-topologies sandbox env)"',
    );
  });
  const told = toldByEngine(run.printed);
  if (run.exit === 0 && told !== undefined) return told;
  throw failure(args, run, told?.errors ?? []);
}

function failure(args: readonly string[], { exit, output }: EngineRun, errors: readonly string[]): CommandError {
  const said = errors.length > 0 ? errors.join("\n") : output;
  const message = `\`pulumi ${args.join(" ")}\` ended with ${exit}, so that there is nothing to compare:\n${said}`;
  const help = recovery(said, exit);
  if (help === undefined) {
    return new CommandError(message, "make `pulumi preview` of this stack succeed, then compare again");
  }
  const { command, advice } = help;
  return new CommandError(message, command === undefined ? advice : `${command}    (${advice})`);
}
