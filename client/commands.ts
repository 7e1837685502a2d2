import { Command, InvalidArgumentError, Option } from "commander";
import type { CallOptions, EventsOptions, LoadCommandOptions } from "./command-options";

/** Where a client's pod has its files (lib/constructs/client-pod.ts), and so what the options are without being given. */
const inPod = { model: "/etc/fabric-topologies/model.json", identity: "/var/hyperledger" } as const;

/**
 * The command `client` with `submit`, `evaluate`, `events` and `load`, for the agent's program. Results go to standard
 * output, errors to standard error. Exit codes: 0 as asked; 1 refused, or a load that lost something; 3 nobody knows.
 */
export function clientCommand(): Command {
  const client = new Command("client").description("Use the network as an application of the organisation does.");
  const withTarget = (command: Command) =>
    command
      .requiredOption("--channel <name>")
      .requiredOption("--chaincode <name>")
      .requiredOption("--organisation <name>", "whose application this is", process.env["AGENT_ORGANISATION"])
      .option("--peer <pod>", "ask this of the organisation's peers only; may be repeated", addText)
      .addOption(
        new Option("--through <host:port>", "dial this name, behind which any of the organisation's peers answers")
          .argParser(hostAndPort)
          .conflicts("peer"),
      )
      .option("--model <file>", "the consortium, as its agents have it", inPod.model)
      .option("--identity <folder>", "folder with msp and tls of who asks", inPod.identity)
      .option("--json", "one JSON object a line instead of text");
  const withCall = (command: Command) =>
    withTarget(command)
      .argument("[arguments...]", "arguments of the function")
      .requiredOption("--function <name>")
      .option("--transient <key=value>", "what the chaincode sees and no block holds; may be repeated", addTransient)
      .option("--from-input", "take arguments and transient data from one line of JSON on standard input instead")
      .option("--endorser <mspId>", "who is to endorse; may be repeated; without it as the policies ask for", addText);

  withCall(client.command("submit"))
    .description("submit a transaction and wait until it is in a block")
    .action(async (args: string[], options: CallOptions) => (await import("./run-commands")).submit(args, options));
  withCall(client.command("evaluate"))
    .description("ask a chaincode; the ledger stays as it is")
    .action(async (args: string[], options: CallOptions) => (await import("./run-commands")).evaluate(args, options));
  withTarget(client.command("events"))
    .description("print the events of a chaincode as they come, from one peer or the other")
    .option("--from <block>", "begin with this block instead of the next one", wholeNumber)
    .option("--checkpoint <file>", "remember there what was printed, and go on after it")
    .option("--count <n>", "end after so many", countingNumber)
    .option("--blocks", "blocks of the channel instead of events of the chaincode")
    .option("--until-input-ends", untilInputEnds)
    .action(async (options: EventsOptions) => (await import("./run-commands")).events(options));
  withTarget(client.command("load"))
    .description("submit transactions at a steady rate and tell what became of them")
    .option("--rate <n>", "transactions each second", positiveNumber, 10)
    .addOption(
      new Option("--in-flight <n>", "as fast as the network can with so many always on their way, instead")
        .argParser(countingNumber)
        .conflicts("rate"),
    )
    .option("--seconds <n>", "how long; without it until SIGINT or SIGTERM", positiveNumber)
    .option("--until-input-ends", untilInputEnds)
    .option("--gap <ms>", "report times without a commit from this length on", wholeNumber, 1_000)
    .option("--no-verify", "do not read all committed keys back at the end")
    .action(async (options: LoadCommandOptions) => (await import("./run-commands")).load(options));
  return client;
}

const untilInputEnds = "stop when standard input ends, for those who run this from afar";

// Not `<pod...>`: that would take the function's arguments as well.
const addText = (text: string, before: readonly string[] = []): string[] => [...before, text];

function addTransient(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError(`it is written <key>=<value>.`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function hostAndPort(text: string): string {
  if (!/^[^:\s]+:\d{1,5}$/.test(text)) throw new InvalidArgumentError("it is written <host>:<port>.");
  return text;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("it is a whole number from 0.");
  return Number(text);
}

function countingNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("it is a whole number from 1.");
  return Number(text);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("it is a number above 0.");
  return value;
}
