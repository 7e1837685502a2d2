/** `submit`, `evaluate`, `events` and `load`: the network as an application of an organisation uses it. */
import { Command } from "commander";
import { openClientPod } from "./client";
import { runningPlan, takesTarget, targetOf, type TargetOptions } from "./target";

interface CallOptions extends TargetOptions {
  readonly transient?: readonly string[];
  readonly endorser?: readonly string[];
  readonly json?: true;
}

const podNote = `
It runs in a pod of the organisation's namespace (client-<zone>), where applications live too; the pod is made where it
is missing and ends by itself after some hours. Its key is born there and never leaves it.
Exit code: 0 as asked; 1 refused or failed; 3 where nobody knows the outcome.`;

/** Asks a chaincode something, and changes nothing. */
export function evaluateCommand(): Command {
  return callCommand(
    "evaluate",
    "ask a chaincode; the ledger stays as it is",
    "$ fabric-topologies evaluate get first",
  );
}

/** Submits a transaction. */
export function submitCommand(): Command {
  return callCommand(
    "submit",
    "submit a transaction and wait until it is in a block",
    `$ fabric-topologies submit put some-key some-value
  $ fabric-topologies submit --chaincode settlement --org basalt put some-key some-value`,
  );
}

function callCommand(name: "submit" | "evaluate", summary: string, examples: string): Command {
  return takesTarget(new Command(name).summary(summary).description(`${sentence(summary)}.`))
    .argument("<function>", "function of the chaincode")
    .argument("[arguments...]", "its arguments")
    .option("--transient <key=value...>", "what the chaincode is to see and no block is to hold")
    .option("--endorser <mspId...>", "who is to endorse (default: as the policies ask for)")
    .option("--json", "machine-readable output")
    .addHelpText("after", `${podNote}\n\nExamples:\n  ${examples}`)
    .action(async (called: string, args: string[], options: CallOptions) => {
      const passed = [
        ...(options.transient ?? []).flatMap((pair) => ["--transient", pair]),
        ...(options.endorser ?? []).flatMap((mspId) => ["--endorser", mspId]),
        ...(options.json === true ? ["--json"] : []),
      ];
      await inPod(options, [name, "--function", called, ...passed, "--", ...args]);
    });
}

/** Follows the events of a chaincode, or the blocks of its channel. */
export function eventsCommand(): Command {
  return takesTarget(
    new Command("events")
      .summary("print the events of a chaincode, or blocks, as they come")
      .description(
        "Print the events of a chaincode, or the blocks of its channel, as they come, from one peer or the other.",
      ),
  )
    .option("--from <block>", "begin with this block instead of the next one")
    .option("--count <n>", "end after so many")
    .option("--blocks", "blocks of the channel instead of events of the chaincode")
    .option("--json", "one JSON object a line")
    .addHelpText("after", `${podNote}\n\nExample:\n  $ fabric-topologies events --blocks --from 0 --count 5`)
    .action(async (options: TargetOptions & { from?: string; count?: string; blocks?: true; json?: true }) => {
      await inPod(options, [
        "events",
        ...(options.from === undefined ? [] : ["--from", options.from]),
        ...(options.count === undefined ? [] : ["--count", options.count]),
        ...(options.blocks === true ? ["--blocks"] : []),
        ...(options.json === true ? ["--json"] : []),
      ]);
    });
}

/** Submits at a steady pace, and tells what became of it. */
export function loadCommand(): Command {
  return takesTarget(
    new Command("load")
      .summary("submit transactions at a steady pace and tell what became of them")
      .description(
        "Submit transactions at a steady pace, however slow the network is, and tell throughput, latencies, every gap without a commit, and what was accepted and never committed.",
      ),
  )
    .option("--rate <n>", "transactions each second", "10")
    .option("--in-flight <n>", "as fast as the network can with so many always on their way, instead of a rate")
    .option("--seconds <n>", "how long; without it until interrupted")
    .option("--gap <ms>", "report times without a commit from this length on", "1000")
    .option("--json", "one JSON object a line")
    .addHelpText(
      "after",
      `${podNote}
The chaincode must have the functions put(key, value) and get(key) of examples/chaincode/asset-transfer.

Example:
  $ fabric-topologies load --rate 20 --seconds 60`,
    )
    .action(
      async (
        options: TargetOptions & { rate: string; inFlight?: string; seconds?: string; gap: string; json?: true },
      ) => {
        await inPod(options, [
          "load",
          ...(options.inFlight === undefined ? ["--rate", options.rate] : ["--in-flight", options.inFlight]),
          ...["--gap", options.gap],
          ...(options.seconds === undefined ? ["--until-input-ends"] : ["--seconds", options.seconds]),
          ...(options.json === true ? ["--json"] : []),
        ]);
      },
    );
}

/** Runs a client command in the pod and passes on what it writes and how it ends. An interrupt ends it in good order. */
async function inPod(options: TargetOptions, [command = "", ...args]: readonly string[]): Promise<void> {
  const target = targetOf(runningPlan(options), options);
  const pod = await openClientPod(target.place);
  const stop = new AbortController();
  process.once("SIGINT", () => {
    stop.abort();
  });
  process.exitCode = await pod.run(
    [command, "--channel", target.channel, "--chaincode", target.chaincode, ...args],
    { out: process.stdout, err: process.stderr },
    stop.signal,
  );
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
