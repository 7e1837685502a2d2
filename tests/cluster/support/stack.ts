import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { SiteManifests } from "../../../lib/constructs/manifests";
import type { SiteAccess } from "../../../lib/deploy/site-access";
import { pulumiEnvironment, type PulumiEnvironment } from "../../../sandbox/engine/environment";
import { printProgress } from "../../../sandbox/toolchain";

/** The policy pack as people name it. */
export const packFolder = resolve("policies/pack");

/** What a command of Pulumi came to. */
export interface Run {
  readonly exit: number | NodeJS.Signals;
  /** Standard output and standard error. */
  readonly output: string;
}

/**
 * A Pulumi project in a folder of its own that deploys given manifests to given sites with the real command line
 * program, under the settings of this checkout.
 */
export class TestStack {
  private constructor(
    readonly folder: string,
    readonly engine: PulumiEnvironment,
  ) {}

  /** @param prepare Writes the project into its folder; without it, the project deploys what {@link deploys} says. */
  static async make(prepare: (folder: string) => void = deploysGivenManifests): Promise<TestStack> {
    const folder = mkdtempSync(join(tmpdir(), "stack-"));
    const engine = await pulumiEnvironment({
      stateDir: join(folder, "state"),
      progress: printProgress(process.stderr),
    });
    prepare(folder);
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    const stack = new TestStack(folder, engine);
    await stack.succeed("stack", "init", "dev");
    return stack;
  }

  /** What the next commands deploy. */
  deploys(access: SiteAccess, manifests: SiteManifests, options: { readonly adopt?: boolean } = {}): void {
    const plain = { ...manifests, dependencies: [...manifests.dependencies] };
    writeFileSync(join(this.folder, "deployment.json"), JSON.stringify({ access, manifests: plain, options }));
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
    return new Promise((done) => {
      execFile(
        this.engine.pulumi,
        [...args, "--non-interactive"],
        { cwd: this.folder, env: { ...this.engine.env, CI: "true", ...env }, maxBuffer: 64 << 20 },
        (error, stdout, stderr) => {
          const exit = error === null ? 0 : (error.signal ?? Number(error.code));
          done({ exit, output: stdout + stderr });
        },
      );
    });
  }

  /** Runs a command that must succeed, and gives what it wrote. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { exit, output } = await this.run(args);
    if (exit !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${exit}:\n${output}`);
    return output;
  }

  /** `up` without the preview that a person would see before it: the program runs once instead of twice. */
  up = (env?: NodeJS.ProcessEnv): Promise<Run> => this.run(["up", "--yes", "--skip-preview"], env);
  preview = (): Promise<Run> => this.run(["preview"]);

  /**
   * Starts `pulumi up` and sends it a signal once it has told of so many steps of its own (not of the preview's).
   * Where it ends before, nothing is sent.
   */
  async interrupt(signal: NodeJS.Signals, steps: number): Promise<Run & { readonly sent: boolean }> {
    const child: ChildProcess = spawn(this.engine.pulumi, ["up", "--yes", "--skip-preview", "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.engine.env, CI: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let sent = false;
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!sent && (output.match(/ (creat|updat|replac|delet)(ing|ed) /g) ?? []).length >= steps) {
        sent = child.kill(signal);
      }
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    return new Promise((done) => child.on("close", (code, by) => done({ exit: code ?? by ?? 0, output, sent })));
  }

  /** Everything that the engine keeps on disk, as one text. */
  state(): string {
    return readdirSync(join(this.folder, "state/backend"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
      .join("\n");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Writes a Pulumi project whose program is these lines, under the settings of this checkout. */
export function writeProgram(folder: string, lines: readonly string[]): void {
  writeFileSync(join(folder, "Pulumi.yaml"), readFileSync("Pulumi.yaml", "utf8").replace(/^name: .*$/m, "name: test"));
  cpSync("tsconfig.json", join(folder, "tsconfig.json"));
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "index.ts"), lines.join("\n"));
}

/** A program of four lines that hands `deployment.json` to lib/deploy. */
function deploysGivenManifests(folder: string): void {
  writeProgram(folder, [
    `import { readFileSync } from "node:fs";`,
    `import { deploySites } from ${JSON.stringify(resolve("lib/deploy/deploy"))};`,
    `const { access, manifests, options } = JSON.parse(readFileSync("deployment.json", "utf8"));`,
    `const dependencies = new Map<string, string[]>(manifests.dependencies);`,
    `export = async () => {`,
    `  await deploySites([{ access, manifests: { ...manifests, dependencies } }], options);`,
    `};`,
  ]);
}

/** The line of a run's summary that counts, such as `7 unchanged`. */
export function summary({ output }: Run): Readonly<Record<string, number>> {
  const last = output.slice(output.lastIndexOf("Resources:"));
  return Object.fromEntries(
    [...last.matchAll(/^ {4}(?:[-+~]+ ?)?(\d+) ((?:to )?\w+)$/gm)].map(([, count, what]) => [
      what ?? "",
      Number(count),
    ]),
  );
}
