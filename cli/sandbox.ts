/** `fabric-topologies sandbox …`: the embedded control plane, by hand. */
import { Command } from "commander";
import { down, env, kubeconfig, lose, restore, status, up } from "./sandbox-actions";

const about = [
  "A real Kubernetes control plane on this machine: etcd, API server, controllers and scheduler.",
  "Its nodes are simulated, in three zones: pods are scheduled, bound to volumes and become Ready, but no container runs.",
  "It listens on 127.0.0.1 only, needs no root, and keeps everything in one folder:",
  ".sandbox in the checkout, or $FABRIC_TOPOLOGIES_SANDBOX.",
].join(" ");

/** Commander's `sandbox` command with all of its subcommands. */
export function sandboxCommand(): Command {
  const sandbox = new Command("sandbox")
    .summary("run a Kubernetes control plane with simulated zones on this machine")
    .description(about);

  sandbox
    .command("up")
    .description("Start the control plane and wait until its nodes are Ready. Does nothing where it runs already.")
    .option("--zones <list>", "zones and how many nodes each has (default: zone-a:2,zone-b:2,zone-c:1)")
    .addHelpText(
      "after",
      `
Programs that are missing are built once, which takes some minutes.
What a sandbox that was killed left behind is removed first.

Examples:
  $ fabric-topologies sandbox up
  $ fabric-topologies sandbox up --zones zone-a:3,zone-b:3,zone-c:1`,
    )
    .action(up);

  sandbox
    .command("status")
    .description("Show whether it runs, its processes, and its zones.")
    .option("--json", "machine-readable output")
    .addHelpText("after", "\nExit code: 0 where it runs and nothing is amiss, 3 where there is none, 1 otherwise.")
    .action(status);

  sandbox
    .command("kubeconfig")
    .description("Print the path of the administrator's kubeconfig; its context is named sandbox.")
    .option("--raw", "print its content instead")
    .addHelpText("after", "\nExample:\n  $ kubectl --kubeconfig $(fabric-topologies sandbox kubeconfig) get nodes")
    .action(kubeconfig);

  sandbox
    .command("env")
    .description("Print shell commands that point kubectl and pulumi at the sandbox.")
    .addHelpText(
      "after",
      `
Pulumi's state is then kept in the sandbox's folder, and "sandbox down" removes it: use it for stacks in the sandbox
only.

Example:
  $ eval "$(npx fabric-topologies sandbox env)"
  $ pulumi preview`,
    )
    .action(env);

  const zone = sandbox.command("zone").description("Take a zone away, and bring it back.");
  zone
    .command("lose <zone>")
    .description("Silence a zone's nodes, and wait until they are NotReady and their pods not ready (10 to 15 s).")
    .addHelpText(
      "after",
      `
As when a data centre goes dark: the node lifecycle controller taints the nodes and evicts pods after their toleration,
evicted pods stay Terminating, and nothing comes back before "zone restore".

Example:
  $ fabric-topologies sandbox zone lose zone-a`,
    )
    .action(lose);
  zone
    .command("restore <zone>")
    .description("Bring a zone back, and wait until its nodes and running pods are Ready.")
    .action(restore);

  sandbox
    .command("down")
    .description("End it: no process and no folder remains, not even of a sandbox that was killed.")
    .action(down);

  return sandbox;
}
