import { Command } from "commander";
import { checkCommand } from "./check";
import { explainPolicyCommand } from "./explain";
import { listCommand } from "./list";
import { packConfigCommand } from "./pack-config";

/** `fabric-topologies policies`: the rules that every network is held against. */
export function policiesCommand(): Command {
  return new Command("policies")
    .summary("list, explain and check the rules that every network is held against")
    .description(
      "The rules that every network is held against before anything of it is written or deployed: what each says and why, and what a network breaks.",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ fabric-topologies policies list
  $ fabric-topologies policies explain images-pinned
  $ fabric-topologies policies check --stack production`,
    )
    .addCommand(listCommand())
    .addCommand(explainPolicyCommand())
    .addCommand(checkCommand())
    .addCommand(packConfigCommand());
}
