import { Command } from "commander";
import { didYouMean } from "../../lib/spec/nearest";
import { rules } from "../../policies/all";
import { exampleYaml, ruleJson } from "../../policies/tell";
import { CommandError } from "../errors";
import { palette, say } from "../terminal";

/** `fabric-topologies policies explain`: one rule with its reasons and its examples. */
export function explainPolicyCommand(): Command {
  return new Command("explain")
    .summary("tell why a policy is there, what to do, and show a bad and a good example")
    .description(
      "Tell what a policy asks, why, who says so, what to do, and show an example that breaks it and one that keeps it.",
    )
    .argument("<policy>", "the policy's id")
    .option("--json", "the same as JSON")
    .addHelpText(
      "after",
      `
Example:
  $ fabric-topologies policies explain network-no-open-ingress`,
    )
    .action((id: string, options: { readonly json?: boolean }) => {
      const rule = rules.find((one) => one.id === id);
      if (rule === undefined) {
        const near = didYouMean(
          id,
          rules.map((one) => one.id),
        );
        throw new CommandError(`found no policy ${id}`, `name one of \`fabric-topologies policies list\`.${near}`);
      }
      const [bad, good] = [exampleYaml(rule, "bad"), exampleYaml(rule, "good")];
      if (options.json) return say(JSON.stringify({ ...ruleJson(rule), bad, good }, undefined, 2));
      const { strong } = palette(process.stdout);
      say(
        [
          `${strong(rule.id)} (${rule.severity})`,
          `${rule.title}.`,
          "",
          `${strong("Why:")} ${rule.why}`,
          `${strong("Sources:")} ${rule.sources.join("; ")}`,
          `${strong("Do:")} ${rule.remedy}`,
          "",
          strong("Bad:"),
          indented(bad),
          strong("Good:"),
          indented(good).trimEnd(),
        ].join("\n"),
      );
    });
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
