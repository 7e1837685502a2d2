import { Command } from "commander";
import { packConfig } from "../../policies/pack/config";
import { dayOf } from "../../policies/waivers";
import { planOf, takesStack, type InputOptions } from "../input";
import { say } from "../terminal";

/** `fabric-topologies policies pack-config`: what a network waives, as Pulumi's engine is told it. */
export function packConfigCommand(): Command {
  return takesStack(
    new Command("pack-config")
      .summary("print a network's waivers for Pulumi's policy pack")
      .description(
        "Print what a network file waives as the configuration of the policy pack, for pulumi's --policy-pack-config. Waivers that have ended are left out.",
      ),
  )
    .addHelpText(
      "after",
      `
Example:
  $ fabric-topologies policies pack-config --stack production > waivers.json
  $ pulumi up --policy-pack policies/pack --policy-pack-config waivers.json`,
    )
    .action((file: string | undefined, options: InputOptions) => {
      const { network } = planOf(file, options);
      say(JSON.stringify(packConfig(network.waivers, dayOf(new Date())), undefined, 2));
    });
}
