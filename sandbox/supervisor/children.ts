/** The child processes of the daemon: started, recorded, watched and ended in one place. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { reasonOf } from "../errors";
import type { ChildRecord } from "../state";
import { identify, signal, terminate, type ProcessIdentity } from "./process-identity";

/** What a child is started with. */
export interface ChildCommand {
  readonly name: string;
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The zone whose machine it belongs to. */
  readonly zone?: string;
  /** The cluster of a federation that it belongs to. */
  readonly cluster?: string;
  /** Started again where it ends by itself, as a program that is made to be so: it is no accident then. */
  readonly restart?: boolean;
}

/** Called whenever the set of children or the state of one changes, at once, so that it can be recorded. */
export type ChildrenChanged = (children: readonly ChildRecord[]) => void;

interface Child {
  readonly name: string;
  readonly zone: string | undefined;
  readonly cluster: string | undefined;
  readonly process: ProcessIdentity;
  readonly handle: ChildProcess;
  readonly log: string;
  died?: string;
}

/** An API server with open watches takes its time to end; what it would finish is thrown away with the sandbox. */
const graceMilliseconds = 2_000;

const restartMilliseconds = 1_000;

/**
 * Owns child processes. It restarts none but those that say so: a dead child is reported, because a test must not pass
 * over it.
 */
export class Children {
  private children: Child[] = [];

  constructor(
    private readonly logs: string,
    private readonly changed: ChildrenChanged,
    private readonly log: (line: string) => void,
  ) {}

  /** Starts a program and gives its process; its output goes to `<logs>/<name>.log`. */
  async start(command: ChildCommand): Promise<ProcessIdentity> {
    const log = path.join(this.logs, `${command.name}.log`);
    const output = openSync(log, "a", 0o600);
    const handle = spawn(command.file, command.arguments, {
      stdio: ["ignore", output, output],
      env: command.environment,
    });
    closeSync(output);
    const { pid } = handle;
    const process = pid === undefined ? undefined : identify(pid);
    if (!process) {
      const reason = await new Promise<Error>((resolve) => {
        handle.once("error", resolve);
        handle.once("exit", (code) => {
          resolve(new Error(`ended at once with exit code ${code}`));
        });
      });
      throw new Error(`${command.name} (${command.file}) cannot be started: ${reason.message}`);
    }
    const { name, zone, cluster } = command;
    const child: Child = { name, zone, cluster, process, handle, log };
    // Recorded before anything else happens: whoever cleans up after a killed daemon has only the record.
    this.children.push(child);
    this.report();
    this.log(`${command.name} started, process ${process.pid}`);
    handle.once("exit", (code, killedBy) => {
      if (!this.children.includes(child)) return;
      const how = killedBy ? `killed by ${killedBy}` : `exit code ${code}`;
      if (command.restart) this.restartLater(child, command);
      else child.died = how;
      this.log(`${command.name}, process ${process.pid}, ended by itself: ${how}; see ${log}`);
      this.report();
    });
    return process;
  }

  private restartLater(dead: Child, command: ChildCommand): void {
    setTimeout(() => {
      if (!this.children.includes(dead)) return;
      this.children = this.children.filter((child) => child !== dead);
      this.start(command).catch((thrown: unknown) => {
        this.log(`${command.name} cannot be started again: ${reasonOf(thrown)}`);
      });
    }, restartMilliseconds).unref();
  }

  /** Kills some children at once and gives which; that they end is no accident then. */
  kill(which: (child: ChildRecord) => boolean): ProcessIdentity[] {
    const killed = this.children.filter((child) => which(recordOf(child)));
    this.children = this.children.filter((child) => !killed.includes(child));
    for (const child of killed) signal(child.process, "SIGKILL");
    this.report();
    return killed.map(({ process }) => process);
  }

  /** Throws where a child has ended by itself: waiting on is then pointless. The message holds the end of its log. */
  async assertAlive(): Promise<void> {
    const dead = this.children.find((child) => child.died !== undefined);
    if (!dead) return;
    throw new ChildDied(dead.name, dead.died ?? "", await tail(dead.log));
  }

  /**
   * Ends all children but those of zones, and waits for each. The store ends when all others have: an API server without
   * it does not end for a long time.
   */
  async end(): Promise<void> {
    const ended = this.children.filter((child) => child.zone === undefined);
    this.children = this.children.filter((child) => child.zone !== undefined);
    const endChild = async (child: Child): Promise<void> => {
      await terminate(child.process, graceMilliseconds);
      this.log(`${child.name} ended`);
    };
    await Promise.all(ended.filter((child) => !isStore(child)).map(endChild));
    await Promise.all(ended.filter(isStore).map(endChild));
  }

  private report(): void {
    this.changed(this.children.map(recordOf));
  }
}

/** Whether a child is the store of the API servers. */
export const isStore = ({ name }: Pick<ChildRecord, "name">): boolean => name === "etcd";

const recordOf = ({ name, zone, cluster, process, died }: Child): ChildRecord => ({
  name,
  process,
  ...(zone === undefined ? {} : { zone }),
  ...(cluster === undefined ? {} : { cluster }),
  ...(died === undefined ? {} : { died }),
});

/** A program ended while it was needed. */
export class ChildDied extends Error {
  override readonly name = "ChildDied";

  constructor(
    readonly child: string,
    how: string,
    /** The last lines of its log. */
    readonly output: string,
  ) {
    super(`${child} ended by itself (${how})\n${output}`);
  }

  /** Whether it ended because somebody else took its port between our choosing and its listening. */
  get portTaken(): boolean {
    return /address already in use/i.test(this.output);
  }
}

async function tail(file: string, lines = 15): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
