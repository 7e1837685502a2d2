import { Command } from "commander";
import { manifestFiles } from "../lib/constructs/yaml";
import { planOf, takesStack, type InputOptions } from "./input";
import { replaceFolders } from "./manifest-folder";
import { say } from "./terminal";

/** `fabric-topologies synth`: the manifests as YAML, one folder per site. */
export function synthCommand(): Command {
  const command = new Command("synth")
    .summary("write the Kubernetes manifests as YAML, one folder per site")
    .description(
      "Write the Kubernetes manifests as YAML, one folder per site. The same input gives the same bytes, on any machine.",
    );
  return takesStack(command)
    .option("--out <folder>", "where to write", "manifests")
    .option("--stdout", "print everything as one stream of YAML instead")
    .addHelpText(
      "after",
      `
A site's folder is replaced as a whole, and only if everything in it came from here.

Examples:
  $ fabric-topologies synth examples/minimal/network.yaml
  $ fabric-topologies synth --stdout | kubectl apply --server-side --dry-run=server -f -`,
    )
    .action((file: string | undefined, options: InputOptions & { out: string; stdout?: boolean }) => {
      const plan = planOf(file, options);
      const sites = plan.synthesise();
      const files = sites.flatMap(manifestFiles);
      if (options.stdout) return say(files.map(({ text }) => text.trimEnd()).join("\n---\n"));
      replaceFolders(options.out, files);
      for (const { site, objects } of sites) say(`${options.out}/${site}: ${objects.length} objects`);
    });
}
