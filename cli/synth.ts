import { Command } from "commander";
import { channelFiles, channelsFolder } from "../lib/constructs/channel-files";
import { manifestFiles } from "../lib/constructs/yaml";
import type { Consortium } from "../lib/fabric/consortium";
import { listed } from "../lib/spec/words";
import { CommandError } from "./errors";
import { planOf, takesStack, type InputOptions } from "./input";
import { replaceFolders } from "./manifest-folder";
import { say } from "./terminal";

/** `fabric-topologies synth`: the manifests as YAML, one folder per site, and the channels as JSON. */
export function synthCommand(): Command {
  const command = new Command("synth")
    .summary("write the manifests as YAML, and what channels will say as JSON")
    .description(
      "Write the Kubernetes manifests as YAML, one folder per site, and beside them in channels/ what the config of each channel will say, but for certificates, which are made in the cluster. The same input gives the same bytes, on any machine.",
    );
  return takesStack(command)
    .option("--out <folder>", "where to write", "manifests")
    .option("--stdout", "print the manifests as one stream of YAML instead")
    .addHelpText(
      "after",
      `
A site's folder is replaced as a whole, and only if everything in it came from here; so is channels/, which is for
reading: apply the folders of sites, and the agents make the channels.

Examples:
  $ fabric-topologies synth examples/minimal/network.yaml
  $ fabric-topologies synth --stdout | kubectl apply --server-side --dry-run=server -f -`,
    )
    .action((file: string | undefined, options: InputOptions & { out: string; stdout?: boolean }) => {
      const plan = planOf(file, options);
      const sites = plan.synthesise();
      const files = sites.flatMap(manifestFiles);
      if (options.stdout) return say(files.map(({ text }) => text.trimEnd()).join("\n---\n"));
      if (sites.some(({ site }) => site === channelsFolder)) {
        throw new CommandError(
          `found a site called ${channelsFolder}, the folder for what channels will say`,
          "print the manifests with --stdout, or give the site another name",
        );
      }
      replaceFolders(options.out, [...files, ...channelFiles(plan.consortium)], [channelsFolder]);
      for (const { site, objects } of sites) say(`${options.out}/${site}: ${objects.length} objects`);
      for (const line of channelLines(`${options.out}/${channelsFolder}`, plan.consortium)) say(line);
    });
}

function channelLines(folder: string, { channels, chaincodes }: Consortium): string[] {
  return channels.map(({ name, members }) => {
    const run = chaincodes.filter(({ channel }) => channel === name).map((chaincode) => chaincode.name);
    const ran = run.length === 0 ? "no chaincode" : listed(run, "and");
    return `${folder}/${name}.json: channel of ${listed(members, "and")}, with ${ran}`;
  });
}
