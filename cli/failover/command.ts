import { Command, InvalidArgumentError } from "commander";
import { CommandError } from "../errors";
import { palette, say } from "../terminal";
import { findFailover, type PlaceOptions } from "./place";
import { placeOrder } from "./place-order";
import { reportCommand } from "./report";
import { failoverText } from "./text";
import { verbs, type Verb } from "./verbs";

interface OrderOptions extends PlaceOptions {
  readonly epoch?: number;
  readonly wait: number;
  readonly json?: boolean;
}

/** `fabric-topologies failover`: how a failover stands, and the orders that only people may give. */
export function failoverCommand(): Command {
  const command = new Command("failover")
    .summary("see how a failover stands, and decide what only people may")
    .description("Look at a failover of three centers, and give the orders that no machine gives by itself.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies failover status --context witness");
  command.addCommand(statusCommand());
  command.addCommand(takesPlace(reportCommand()));
  for (const [word, verb] of Object.entries(verbs)) command.addCommand(orderCommand(word, verb));
  return command;
}

/** Where failovers are declared. */
function takesPlace(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "kubeconfig of the witness's cluster (default: $KUBECONFIG, else ~/.kube/config)")
    .option("--context <name>", "its context (default: the current one)")
    .option("-n, --namespace <name>", "where the failover is declared (default: wherever there is one)")
    .option("--json", "machine-readable output");
}

function statusCommand(): Command {
  const command = new Command("status")
    .summary("show phase, conditions, time line and what may be ordered")
    .description(
      "Show where a failover stands, what that means, what to look at, and what its approvers may order now.",
    )
    .argument("[name]", "the failover (default: the only one)");
  return takesPlace(command)
    .addHelpText(
      "after",
      `
Exit code: 0, or 3 where a person is waited for; 1 for an error.

Example:
  $ fabric-topologies failover status --context witness`,
    )
    .action(async (name: string | undefined, options: PlaceOptions & { readonly json?: boolean }) => {
      const { api, object } = await findFailover(name, options);
      api.close();
      say(options.json ? JSON.stringify(object, undefined, 2) : failoverText(object, palette(process.stdout)));
      const waits = object.status?.conditions.some(({ type, status }) => type === "PersonNeeded" && status === "True");
      process.exitCode = waits === true ? 3 : 0;
    });
}

function orderCommand(word: string, { what, summary, description }: Verb): Command {
  const command = new Command(word).summary(summary).description(description);
  if (what === "fenced") command.argument("<center>", "the center of the primary that you have fenced");
  command.argument("[name]", "the failover (default: the only one)");
  return takesPlace(command)
    .option(
      "--epoch <number>",
      "the epoch that you looked at; in any other the order is refused (default: the present)",
      whole,
    )
    .option("--wait <seconds>", "how long to wait for the controller's answer", whole, 30)
    .addHelpText(
      "after",
      `
It is ordered in the name by which the API server knows you, and followed where that is an approver's.
Exit code: 0 where it was followed, 3 where it was not, 4 where nobody answered in time (it stands all the same),
1 for an error.

Example:
  $ fabric-topologies failover ${word}${what === "fenced" ? " center-1" : ""} --context witness --epoch 2`,
    )
    .action(async (...given: unknown[]) => {
      const [center, name] = what === "fenced" ? given : [undefined, given[0]];
      await order(what, center as string | undefined, name as string | undefined, command.opts<OrderOptions>());
    });
}

async function order(
  what: Verb["what"],
  center: string | undefined,
  name: string | undefined,
  options: OrderOptions,
): Promise<void> {
  const found = await findFailover(name, options);
  const by = found.user;
  const epoch = options.epoch ?? found.object.status?.epoch;
  if (epoch === undefined) {
    throw new CommandError("no controller has looked at this failover yet", "see that one runs, at the remote center");
  }
  const wish = { by, epoch, what, ...(center === undefined ? {} : { center }) };
  const answer = await placeOrder(found, wish, options.wait).finally(() => found.api.close());
  if (options.json) say(JSON.stringify(answer ?? { by, epoch, what, answered: false }, undefined, 2));
  else if (answer === undefined)
    say(`nobody answered within ${options.wait} s; the order stands (failover status shows it)`);
  else say(`${answer.followed ? "followed" : "not followed"}: ${answer.why}`);
  process.exitCode = answer === undefined ? 4 : answer.followed ? 0 : 3;
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("write a whole number.");
  return Number(text);
}
