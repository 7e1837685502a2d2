import { Command } from "commander";
import { version } from "../package.json";
import { diffCommand } from "./diff/command";
import { downCommand } from "./down";
import { drillCommand } from "./drill/command";
import { evaluateCommand, eventsCommand, loadCommand, submitCommand } from "./network/calls";
import { statusCommand } from "./network/status";
import { explainCommand } from "./explain";
import { planCommand } from "./plan/command";
import { policiesCommand } from "./policies/command";
import { previewCommand } from "./preview/command";
import { sandboxCommand } from "./sandbox";
import { synthCommand } from "./synth";
import { upCommand } from "./up";
import { validateCommand } from "./validate";
import { whereCommand } from "./where";

/** The command line with all of its commands; nothing is read or done before it parses arguments. */
export function commandLine(): Command {
  const program = new Command("fabric-topologies")
    .description("Hyperledger Fabric networks that survive what their topology promises to survive.")
    .version(version)
    .showHelpAfterError("(--help shows what there is)")
    .addCommand(validateCommand())
    .addCommand(explainCommand())
    .addCommand(policiesCommand())
    .addCommand(previewCommand())
    .addCommand(planCommand())
    .addCommand(diffCommand())
    .addCommand(synthCommand())
    .addCommand(upCommand())
    .addCommand(whereCommand())
    .addCommand(statusCommand())
    .addCommand(submitCommand())
    .addCommand(evaluateCommand())
    .addCommand(eventsCommand())
    .addCommand(loadCommand())
    .addCommand(drillCommand())
    .addCommand(downCommand())
    .addCommand(sandboxCommand());
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
