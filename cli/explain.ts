import { Command } from "commander";
import { explainJson } from "../lib/explain/json";
import { explainText } from "../lib/explain/text";
import { planOf, takesStack, type InputOptions } from "./input";
import { palette, say } from "./terminal";

/** `fabric-topologies explain`: what will be placed where, why, and what each failure costs. */
export function explainCommand(): Command {
  const command = new Command("explain")
    .summary("tell what will be placed where, why, and what each failure costs")
    .description(
      "Tell in words what will be placed where and why, and what each single failure costs. Touches nothing.",
    );
  return takesStack(command)
    .option("--every-reason", "give the reason behind every cell of the failure matrix, not only of what stops")
    .option("--json", "placement and failure matrix as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ fabric-topologies explain examples/minimal/network.yaml
  $ fabric-topologies explain --stack production --json | jq '.placement[] | select(.zone == "zone-a")'`,
    )
    .action((file: string | undefined, options: InputOptions & { everyReason?: boolean; json?: boolean }) => {
      const { placement, topology } = planOf(file, options);
      if (options.json) return say(JSON.stringify(explainJson(placement), undefined, 2));
      say(
        explainText(topology.title, placement, {
          palette: palette(process.stdout),
          everyReason: options.everyReason ?? false,
        }),
      );
    });
}
