import { createRequire } from "node:module";
import { Command } from "commander";
import { version } from "../package.json";
import type * as convert from "./convert/command";
import type * as diff from "./diff/command";
import type * as down from "./down";
import type * as drill from "./drill/command";
import type * as failover from "./failover/command";
import type * as explain from "./explain";
import type { evaluateCommand, eventsCommand, loadCommand, submitCommand } from "./network/calls";
import type * as status from "./network/status";
import type * as ingress from "./ingress";
import type * as ledger from "./ledger/command";
import type { migrateSyncerCommand } from "./migrate-syncer";
import type * as plan from "./plan/command";
import type * as policies from "./policies/command";
import type * as preview from "./preview/command";
import type * as sandbox from "./sandbox";
import type * as shift from "./shift/command";
import type * as synth from "./synth";
import type * as up from "./up";
import type * as validate from "./validate";
import type * as where from "./where";

const load = createRequire(__filename);

interface Calls {
  readonly evaluateCommand: typeof evaluateCommand;
  readonly eventsCommand: typeof eventsCommand;
  readonly loadCommand: typeof loadCommand;
  readonly submitCommand: typeof submitCommand;
}

interface Syncer {
  readonly migrateSyncerCommand: typeof migrateSyncerCommand;
}

/** Every command by its name, in the order of the help. Each is loaded when it is made: all take half of a second. */
const commands: Readonly<Record<string, () => Command>> = {
  validate: () => (load("./validate") as typeof validate).validateCommand(),
  explain: () => (load("./explain") as typeof explain).explainCommand(),
  policies: () => (load("./policies/command") as typeof policies).policiesCommand(),
  preview: () => (load("./preview/command") as typeof preview).previewCommand(),
  plan: () => (load("./plan/command") as typeof plan).planCommand(),
  diff: () => (load("./diff/command") as typeof diff).diffCommand(),
  synth: () => (load("./synth") as typeof synth).synthCommand(),
  up: () => (load("./up") as typeof up).upCommand(),
  where: () => (load("./where") as typeof where).whereCommand(),
  status: () => (load("./network/status") as typeof status).statusCommand(),
  submit: () => (load("./network/calls") as Calls).submitCommand(),
  evaluate: () => (load("./network/calls") as Calls).evaluateCommand(),
  events: () => (load("./network/calls") as Calls).eventsCommand(),
  load: () => (load("./network/calls") as Calls).loadCommand(),
  ingress: () => (load("./ingress") as typeof ingress).ingressCommand(),
  shift: () => (load("./shift/command") as typeof shift).shiftCommand(),
  drill: () => (load("./drill/command") as typeof drill).drillCommand(),
  failover: () => (load("./failover/command") as typeof failover).failoverCommand(),
  ledger: () => (load("./ledger/command") as typeof ledger).ledgerCommand(),
  convert: () => (load("./convert/command") as typeof convert).convertCommand(),
  "migrate-syncer": () => (load("./migrate-syncer") as Syncer).migrateSyncerCommand(),
  down: () => (load("./down") as typeof down).downCommand(),
  sandbox: () => (load("./sandbox") as typeof sandbox).sandboxCommand(),
};

/**
 * The command line; nothing is read or done before it parses arguments.
 * @param asked The one command that is going to be run. All of them where there is none of this name: then it is help that
 * is wanted, or needed.
 */
export function commandLine(asked?: string): Command {
  const program = new Command("fabric-topologies")
    .description("Hyperledger Fabric networks that survive what their topology promises to survive.")
    .version(version)
    .showHelpAfterError("(--help shows what there is)");
  const one = asked === undefined || !Object.hasOwn(commands, asked) ? undefined : commands[asked];
  for (const command of one === undefined ? Object.values(commands) : [one]) program.addCommand(command());
  inherit(program);
  return program;
}

/** Commands that were made by themselves do not know how the program treats errors. */
function inherit(command: Command): void {
  for (const inner of command.commands) {
    inner.copyInheritedSettings(command);
    inherit(inner);
  }
}
