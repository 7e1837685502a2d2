/** `submit`, `evaluate`, `events` and `load`: the network as an application of an organisation uses it. */
import { Command, Option } from "commander";
import type { CallInput } from "../../client/call-input";
import { interruption } from "../interrupt";
import type { ClientPod } from "./client";
import { runningPlan, takesTarget, targetOf, type TargetOptions } from "./target";
import { countingNumber, oneMore, oneMorePair, positiveNumber, wholeNumber } from "./values";

interface CallOptions extends TargetOptions {
  readonly transient?: Readonly<Record<string, string>>;
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
  $ fabric-topologies submit --transient price=120 --endorser AmberBankMSP agreePrice amber-basalt-prices lc-1
  $ fabric-topologies submit --chaincode settlement --org basalt put some-key some-value`,
  );
}

function callCommand(name: "submit" | "evaluate", summary: string, examples: string): Command {
  return takesTarget(new Command(name).summary(summary).description(`${sentence(summary)}.`))
    .argument("<function>", "function of the chaincode")
    .argument("[arguments...]", "its arguments")
    .option(
      "--transient <key=value>",
      "what the chaincode is to see and no block is to hold; may be repeated",
      oneMorePair,
    )
    .option("--endorser <mspId>", "who is to endorse; may be repeated (default: as the policies ask for)", oneMore)
    .option("--json", "machine-readable output")
    .addHelpText("after", `${podNote}\n\nExamples:\n  ${examples}`)
    .action(async (called: string, args: string[], options: CallOptions) => {
      const input: CallInput = {
        arguments: args,
        ...(options.transient === undefined ? {} : { transient: options.transient }),
      };
      const { pod, target } = await podOf(options);
      process.exitCode = await pod.run(
        [
          ...[name, ...target, "--function", called, "--from-input"],
          ...(options.endorser ?? []).flatMap((mspId) => ["--endorser", mspId]),
          ...(options.json === true ? ["--json"] : []),
        ],
        { out: process.stdout, err: process.stderr, input: `${JSON.stringify(input)}\n` },
      );
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
    .option("--from <block>", "begin with this block instead of the next one", wholeNumber)
    .option("--count <n>", "end after so many", countingNumber)
    .option("--blocks", "blocks of the channel instead of events of the chaincode")
    .option("--json", "one JSON object a line")
    .addHelpText("after", `${podNote}\n\nExample:\n  $ fabric-topologies events --blocks --from 0 --count 5`)
    .action(async (options: TargetOptions & { from?: number; count?: number; blocks?: true; json?: true }) => {
      await untilInterrupted(options, "events", [
        ...(options.from === undefined ? [] : ["--from", String(options.from)]),
        ...(options.count === undefined ? [] : ["--count", String(options.count)]),
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
    .option("--rate <n>", "transactions each second", positiveNumber, 10)
    .addOption(
      new Option("--in-flight <n>", "as fast as the network can with so many always on their way, instead of a rate")
        .argParser(countingNumber)
        .conflicts("rate"),
    )
    .option("--seconds <n>", "how long; without it until interrupted", positiveNumber)
    .option("--gap <ms>", "report times without a commit from this length on", wholeNumber, 1000)
    .option("--json", "one JSON object a line")
    .addHelpText(
      "after",
      `${podNote}
The chaincode must have the functions put(key, value) and get(key) of examples/chaincode/asset-transfer.

Example:
  $ fabric-topologies load --rate 20 --seconds 60`,
    )
    .action(async (options: LoadOptions) => {
      await untilInterrupted(options, "load", [
        ...(options.inFlight === undefined
          ? ["--rate", String(options.rate)]
          : ["--in-flight", String(options.inFlight)]),
        ...["--gap", String(options.gap)],
        ...(options.seconds === undefined ? [] : ["--seconds", String(options.seconds)]),
        ...(options.json === true ? ["--json"] : []),
      ]);
    });
}

interface LoadOptions extends TargetOptions {
  readonly rate: number;
  readonly inFlight?: number;
  readonly seconds?: number;
  readonly gap: number;
  readonly json?: true;
}

/** Runs a client command in the pod and passes on what it writes and how it ends. Ctrl-C ends it in good order. */
async function untilInterrupted(options: TargetOptions, command: string, args: readonly string[]): Promise<void> {
  const { pod, target } = await podOf(options);
  const { signal, forget } = interruption();
  try {
    process.exitCode = await pod.run(
      [command, ...target, "--until-input-ends", ...args],
      { out: process.stdout, err: process.stderr },
      signal,
    );
  } finally {
    forget();
  }
}

/** The pod that the options mean, and what commands in it are told of the chaincode. */
async function podOf(options: TargetOptions): Promise<{ readonly pod: ClientPod; readonly target: readonly string[] }> {
  const { place, channel, chaincode } = targetOf(runningPlan(options), options);
  const { openClientPod } = await import("./client");
  return { pod: await openClientPod(place), target: ["--channel", channel, "--chaincode", chaincode] };
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
