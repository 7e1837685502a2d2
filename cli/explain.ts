import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { explainJson } from "../lib/explain/json";
import { topologyPicture } from "../lib/explain/picture";
import { explainText } from "../lib/explain/text";
import { CommandError } from "./errors";
import { planOf, takesStack, type InputOptions } from "./input";
import { palette, say } from "./terminal";

interface ExplainOptions extends InputOptions {
  readonly everyReason?: boolean;
  readonly json?: boolean;
  readonly picture?: string;
}

/** `fabric-topologies explain`: what will be placed where, why, and what each failure costs. */
export function explainCommand(): Command {
  const command = new Command("explain")
    .summary("tell what will be placed where, why, and what each failure costs")
    .description(
      "Tell in words what will be placed where and why, how fast it acts, which channels there will be, and what each single failure costs. Touches no cluster.",
    );
  return takesStack(command)
    .option("--every-reason", "give the reason behind every cell of the failure matrix, not only of what stops")
    .option("--json", "placement, timing, channels and failure matrix as JSON")
    .option("--picture <file>", "draw the placement into an SVG file instead")
    .addHelpText(
      "after",
      `
Examples:
  $ fabric-topologies explain examples/minimal/network.yaml
  $ fabric-topologies explain --picture topology.svg
  $ fabric-topologies explain --stack production --json | jq '.placement[] | select(.zone == "zone-a")'`,
    )
    .action((file: string | undefined, options: ExplainOptions) => {
      const plan = planOf(file, options);
      const { placement, topology } = plan;
      if (options.picture !== undefined) return draw(options.picture, topologyPicture(topology.title, placement));
      if (options.json) return say(JSON.stringify(explainJson(plan), undefined, 2));
      say(
        explainText(topology.title, plan, {
          palette: palette(process.stdout),
          everyReason: options.everyReason ?? false,
        }),
      );
    });
}

function draw(file: string, picture: string): void {
  try {
    writeFileSync(file, picture);
  } catch (error) {
    throw new CommandError(
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      "name a file in a folder that exists and that you may write to",
    );
  }
  say(`${file}: drawn`);
}
