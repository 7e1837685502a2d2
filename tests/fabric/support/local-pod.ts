import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A container as it stands in a manifest; of its environment what has a value. */
export interface ScriptedContainer {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** What a container that has ended left behind. */
export interface Ended {
  readonly status: number | null;
  readonly said: string;
  /** What `kubectl describe pod` would show. */
  readonly message: string;
}

/**
 * Runs the containers of a pod as processes of this machine: the command and the environment of the manifest, with the
 * folders of the pod below one of the test's, and ports that are free here.
 */
export class LocalPod {
  /**
   * @param folder The pod's root.
   * @param programs Folder of the programs that its image would have.
   * @param replaced Texts of environment and configuration that stand for something else on this machine.
   */
  constructor(
    readonly name: string,
    readonly folder: string,
    private readonly programs: string,
    private readonly replaced: ReadonlyMap<string, string>,
  ) {
    mkdirSync(join(folder, "tmp"), { recursive: true });
    mkdirSync(join(folder, "dev"), { recursive: true });
  }

  /** Where a path of the pod is on this machine. */
  path(inside: string): string {
    return join(this.folder, inside);
  }

  read(inside: string): string {
    return readFileSync(this.path(inside), "utf8");
  }

  /** Writes files as a volume would have them. */
  mount(inside: string, files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) {
      const path = this.path(join(inside, file));
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
      writeFileSync(path, this.here(text));
    }
  }

  start(container: ScriptedContainer, change: Readonly<Record<string, string>> = {}): ChildProcess {
    const [program = "", ...args] = container.command;
    const variables = Object.fromEntries(
      container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, this.here(value)]])),
    );
    for (const folder of Object.values(variables).filter((value) => value.startsWith(`${this.folder}/run/`))) {
      // Volumes are there before a container starts; what is named here may also be a file in one.
      mkdirSync(dirname(folder), { recursive: true });
    }
    for (const folder of ["run/fabric-ca", "run/serving", "run/authorities", "run/scratch"]) {
      mkdirSync(this.path(folder), { recursive: true });
    }
    mkdirSync(this.path("var/hyperledger"), { recursive: true });
    mkdirSync(this.path("var/hyperledger-root"), { recursive: true });
    return spawn(program, args, {
      env: {
        PATH: `${this.programs}:${process.env["PATH"] ?? ""}`,
        POD_NAME: this.name,
        ...variables,
        ...change,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own: what kills a container kills all that it started.
      detached: true,
    });
  }

  /** Runs a container to its end. */
  async run(container: ScriptedContainer, change: Readonly<Record<string, string>> = {}): Promise<Ended> {
    rmSync(this.path("dev/termination-log"), { force: true });
    const child = this.start(container, change);
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    let message = "";
    try {
      message = this.read("dev/termination-log").trim();
    } catch {
      // It had nothing to say.
    }
    return { status, said, message };
  }

  private here(text: string): string {
    let result = text.replaceAll("$(POD_NAME)", this.name);
    for (const [from, to] of this.replaced) result = result.replaceAll(from, to);
    return result.replaceAll(
      /(?<![\w.$])\/(var\/hyperledger|run\/|etc\/hyperledger|dev\/termination-log|tmp\b)/g,
      `${this.folder}/$1`,
    );
  }
}
