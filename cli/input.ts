import { existsSync } from "node:fs";
import { join } from "node:path";
import { Option, type Command } from "commander";
import type { StackInput } from "../lib/spec/load";
import { planStack, type Plan } from "../topologies/plan";

/** The options by which commands are told what to work on. */
export interface InputOptions {
  readonly settings?: string;
  readonly stack?: string;
}

/** Adds the argument and the options that say which network on which sites. */
export function takesStack(command: Command): Command {
  return command
    .argument(
      "[network-file]",
      "the network file, or the name of a stack of this folder (default: the network that the settings name)",
    )
    .hook("preAction", (_, called) => takeStackName(called))
    .addOption(new Option("--settings <file>", "stack settings: topology, network and sites").conflicts("stack"))
    .option("--stack <name>", "settings of a Pulumi stack: Pulumi.<name>.yaml in this folder")
    .addHelpText(
      "after",
      `
Without --settings and --stack the sites are those of topologies/dual-active/settings.yaml: zone-a, zone-b, and the
witness zone-c.`,
    );
}

/** `preview production` is `preview --stack production`, where there is no file of that name and a stack is. */
function takeStackName(command: Command): void {
  const [word] = command.args;
  const { settings, stack } = command.opts<InputOptions>();
  if (word === undefined || settings !== undefined || stack !== undefined) return;
  if (existsSync(word) || !existsSync(stackFileOf(word))) return;
  command.processedArgs[0] = undefined;
  command.setOptionValue("stack", word);
}

/** The settings that are used where none are named: an example that comes with the topology. */
export const exampleSettings = settingsOfTopology("dual-active");

/** The example settings that come with a topology. */
export function settingsOfTopology(topology: string): string {
  return join(__dirname, "..", "topologies", topology, "settings.yaml");
}

/** The file in which the settings stand. */
export function settingsFileOf(options: InputOptions): string {
  return options.settings ?? (options.stack === undefined ? exampleSettings : stackFileOf(options.stack));
}

/** What the options say, as the loader wants it. */
export function stackInput(networkFile: string | undefined, options: InputOptions): StackInput {
  return { settings: settingsFileOf(options), ...(networkFile === undefined ? {} : { network: networkFile }) };
}

/** The Pulumi stack whose settings the options name; "preview" where they are not those of a stack. */
export function stackNameOf({ settings, stack }: InputOptions): string {
  const [, named] = /(?:^|[\\/])Pulumi\.([^\\/]+)\.ya?ml$/.exec(settings ?? "") ?? [];
  return stack ?? named ?? "preview";
}

/** Loads, checks and places what the options name. */
export function planOf(networkFile: string | undefined, options: InputOptions): Plan {
  return planStack(stackInput(networkFile, options));
}

/** The settings of a stack in this folder. Pulumi takes either ending. */
export function stackFileOf(stack: string): string {
  const other = `Pulumi.${stack}.yml`;
  return existsSync(other) ? other : `Pulumi.${stack}.yaml`;
}
