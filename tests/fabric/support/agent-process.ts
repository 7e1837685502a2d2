import { readFileSync } from "node:fs";
import { loadIdentity } from "../../../lib/fabric/identity";
import { isReconciled } from "../../../agent/reconcile/condition";
import { reconcile } from "../../../agent/reconcile/reconcile";
import type { Consortium } from "../../../lib/fabric/consortium";
import { folderBoard } from "./folder-board";

/** What {@link main} is told, as a JSON file. */
export interface AgentProcessInput {
  readonly consortium: Consortium;
  /** Folder of the board. */
  readonly board: string;
  /** Folder of each organisation's administrator. */
  readonly admins: Readonly<Record<string, string>>;
  /** After which step, counted from 1, the process kills itself; 0 means that it ends by itself. */
  readonly dieAfter: number;
}

/** A program: the agents of all organisations in turn until nothing is left to do. It says every step on a line. */
async function main(file: string): Promise<void> {
  const { consortium, board, admins, dieAfter } = JSON.parse(readFileSync(file, "utf8")) as AgentProcessInput;
  let steps = 0;
  const onStep = (step: string) => {
    steps += 1;
    process.stdout.write(`${step}\n`);
    if (steps === dieAfter) process.kill(process.pid, "SIGKILL");
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    let content = true;
    for (const { name, mspId } of consortium.organisations) {
      const conditions = await reconcile({
        consortium,
        organisation: name,
        identity: loadIdentity(mspId, admins[name] ?? ""),
        board: folderBoard(board, name),
        reach: (node) => Promise.resolve(node.host),
        log: () => undefined,
        onStep,
      });
      content &&= isReconciled(conditions);
    }
    if (content) return;
    if (Date.now() > deadline) throw new Error("the agents do not come to an end");
  }
}

main(process.argv[2] ?? "").then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
