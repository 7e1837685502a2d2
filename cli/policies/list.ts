import { Command } from "commander";
import { rules } from "../../policies/all";
import { domains, type Domain } from "../../policies/rule";
import { ruleJson } from "../../policies/tell";
import { palette, say } from "../terminal";

/** `fabric-topologies policies list`: every rule in a line. */
export function listCommand(): Command {
  return new Command("list")
    .summary("list all policies")
    .description("List every policy with what it asks, by what it is about.")
    .option("--json", "the policies as a JSON array, with why, sources and remedy")
    .addHelpText(
      "after",
      `
Examples:
  $ fabric-topologies policies list
  $ fabric-topologies policies list --json | jq -r '.[] | select(.severity == "mandatory").id'`,
    )
    .action((options: { readonly json?: boolean }) => {
      if (options.json) return say(JSON.stringify(rules.map(ruleJson), undefined, 2));
      const { strong, faint } = palette(process.stdout);
      const width = Math.max(...rules.map(({ id }) => id.length));
      const blocks = (Object.keys(domains) as Domain[]).map((domain) =>
        [
          strong(domains[domain]),
          ...rules
            .filter((rule) => rule.domain === domain)
            .map(({ id, severity, title }) => `  ${id.padEnd(width)}  ${faint(severity.padEnd(9))}  ${title}`),
        ].join("\n"),
      );
      say(blocks.join("\n\n"));
    });
}
