import { rmSync } from "node:fs";
import { Command } from "commander";
import { stopSandbox } from "../sandbox/sandbox";
import { sandboxSettings } from "./sandbox-stack";
import { say } from "./terminal";

/** `fabric-topologies down`: the sandbox, its network, and the settings of its stack are gone. */
export function downCommand(): Command {
  return new Command("down")
    .summary("remove the sandbox and everything in it")
    .description(
      "Remove the sandbox, the network on it, Pulumi's state of it, and Pulumi.sandbox.yaml. The tool cache stays.",
    )
    .addHelpText(
      "after",
      `
Where there is no sandbox it does nothing.

Example:
  $ fabric-topologies down`,
    )
    .action(async () => {
      const was = await stopSandbox();
      rmSync(sandboxSettings, { force: true });
      say(was ? "removed: no process and no folder remains" : "there was no sandbox");
    });
}
