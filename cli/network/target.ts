import { Option, type Command } from "commander";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";
import { planOf, type InputOptions } from "../input";
import { clientPlace, type ClientPlace } from "./place";

/** What every command that uses a running network is told. */
export interface TargetOptions extends InputOptions {
  readonly network?: string;
  readonly chaincode?: string;
  readonly channel?: string;
  readonly org?: string;
  readonly site?: string;
}

/** A chaincode on its channel, called from a client pod's place. */
export interface Target {
  readonly plan: Plan;
  readonly channel: string;
  readonly chaincode: string;
  readonly place: ClientPlace;
}

/** Adds the options that say which chaincode of which running network to call, and as whose client. */
export function takesTarget(command: Command): Command {
  return takesRunning(command)
    .option("--chaincode <name>", "the chaincode (default: the first of the network file, or of --channel)")
    .option("--channel <name>", "its channel, where several have a chaincode of that name")
    .option("--org <name>", "whose client calls (default: the first in the file with peers in the channel)")
    .option("--site <name>", "where its client runs (default: the first site with peers of the organisation)");
}

/** Adds the options that say which running network is meant. */
export function takesRunning(command: Command): Command {
  return command
    .addOption(new Option("--settings <file>", "stack settings: topology, network and sites").conflicts("stack"))
    .option("--stack <name>", "settings of a Pulumi stack: Pulumi.<name>.yaml in this folder (default: sandbox)")
    .option("--network <file>", "the network file, in place of the one that the settings name");
}

/** The network that is meant: the sandbox's, unless another stack is named. */
export function runningPlan({ network, ...options }: TargetOptions): Plan {
  const named = options.settings !== undefined || options.stack !== undefined;
  return planOf(network, named ? options : { stack: "sandbox" });
}

/**
 * What the options mean on a network.
 * @throws CommandError where there is no such chaincode, or several
 */
export function targetOf(plan: Plan, options: TargetOptions): Target {
  const { chaincodes, name } = plan.network;
  const fitting = chaincodes.filter(
    (chaincode) =>
      (options.chaincode === undefined || chaincode.name === options.chaincode) &&
      (options.channel === undefined || chaincode.channel === options.channel),
  );
  const [chaincode, other] = fitting;
  const known = chaincodes.map((one) => `${one.name} on ${one.channel}`).join(", ") || "none";
  if (chaincode === undefined) {
    throw new CommandError(`${name} has no such chaincode`, `name one with --chaincode (and --channel): ${known}`);
  }
  if (options.chaincode !== undefined && other !== undefined) {
    throw new CommandError(
      `${name} has several chaincodes ${chaincode.name}`,
      `name the channel with --channel: ${known}`,
    );
  }
  const place = clientPlace(plan, {
    channel: chaincode.channel,
    ...(options.org === undefined ? {} : { organisation: options.org }),
    ...(options.site === undefined ? {} : { site: options.site }),
  });
  return { plan, channel: chaincode.channel, chaincode: chaincode.name, place };
}
