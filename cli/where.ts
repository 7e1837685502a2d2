import { Command } from "commander";
import { table, type Palette } from "../lib/explain/table";
import { planOf, takesStack, type InputOptions } from "./input";
import { isAsPlaced, livePods, type LivePod } from "./live-pods";
import { palette, say } from "./terminal";

/** `fabric-topologies where`: what the cluster runs now, beside what the placement says. */
export function whereCommand(): Command {
  const command = new Command("where")
    .summary("show what runs where, as the cluster has it now")
    .description("Show what runs where, as the cluster has it now, and whether it is where the placement put it.");
  return takesStack(command)
    .option("--json", "machine-readable output")
    .addHelpText(
      "after",
      `
Exit code: 0 where every pod is ready in its zone, 3 otherwise, 1 for an error.

Example:
  $ fabric-topologies where --stack sandbox`,
    )
    .action(async (file: string | undefined, options: InputOptions & { json?: boolean }) => {
      const { settings, placement } = planOf(file, options);
      const pods = (await Promise.all(settings.sites.map((site) => livePods(site, placement)))).flat();
      say(options.json ? JSON.stringify(pods, undefined, 2) : podTable(pods, palette(process.stdout)));
      process.exitCode = isAsPlaced(pods) ? 0 : 3;
    });
}

/** The table of what runs where. */
export function podTable(pods: readonly LivePod[], colours: Palette): string {
  return table(
    ["pod", "role", "organisation", "zone", "volume", "state"],
    pods.map((pod) => [
      pod.pod,
      pod.role,
      pod.organisation,
      pod.zone ?? "-",
      pod.volumes.join(", "),
      stateOf(pod, colours),
    ]),
    colours,
  );
}

function stateOf({ ready, zone, placed }: LivePod, colours: Palette): string {
  if (zone !== undefined && zone !== placed) return colours.bad(`belongs to ${placed}`);
  return ready ? colours.good("ready") : colours.bad(zone === undefined ? "not scheduled" : "not ready");
}
