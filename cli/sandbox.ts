/** `fabric-topologies sandbox …`: the embedded control plane, by hand. */
import { Command, Option } from "commander";
import { memberCommand } from "./sandbox-federation";
import { cut, down, env, kill, kubeconfig, lose, restore, status, up } from "./sandbox-actions";

const about = [
  "A real Kubernetes control plane on this machine: etcd, API server, controllers and scheduler.",
  "Its nodes, in three zones, are simulated: pods are scheduled, bound to volumes and become Ready, but no container runs;",
  "it listens on 127.0.0.1 only and needs no root.",
  "Or, on Linux as root, they are real: a network namespace for each zone, with kubelet, containerd and running pods.",
  "Everything is kept in one folder:",
  ".sandbox in the checkout, or $FABRIC_TOPOLOGIES_SANDBOX.",
].join(" ");

/** Commander's `sandbox` command with all of its subcommands. */
export function sandboxCommand(): Command {
  const sandbox = new Command("sandbox")
    .summary("run Kubernetes with simulated or real zones on this machine")
    .description(about)
    .addHelpText(
      "after",
      `
"fabric-topologies up" starts one with a network on it; these commands are for Kubernetes alone, and for losing zones.

Examples:
  $ fabric-topologies sandbox up
  $ fabric-topologies sandbox zone lose zone-a
  $ fabric-topologies sandbox down`,
    );

  sandbox
    .command("up")
    .description("Start the control plane and wait until its nodes are Ready. Does nothing where it runs already.")
    .addOption(
      new Option("--nodes <kind>", "whether containers run on the nodes; simulated where none is named").choices([
        "simulated",
        "real",
      ]),
    )
    .option(
      "--zones <list>",
      "zones and how many nodes each has (default: zone-a:2,zone-b:2,zone-c:1; real: one node each)",
    )
    .option("--federated", "several clusters, the members of a federation, and a host for what federates them")
    .addOption(
      new Option("--engine <engine>", "federated: what runs on the host; nothing where none is named").choices([
        "karmada",
        "kubefed",
        "none",
      ]),
    )
    .option("--members <list>", "federated: the members (default: aws-prod,gcp-staging,third)")
    .addHelpText(
      "after",
      `
Programs that are missing are built once, which takes some minutes.
What a sandbox that was killed left behind is removed first.

Real nodes need Linux, root, containerd, runc, nftables and the standard network plug-ins. Pods reach each other and
this machine, nothing else; containerd reaches image registries as this machine does.

A federation's members each have the zones of --zones (default: zone-a, with one node). Its kubeconfig has a context
for the host and for each member. With real nodes, members meet at their nodes' addresses, which Services of type
LoadBalancer have, and under the names that DNSEndpoint objects tell; no pod reaches another member's pods.

Examples:
  $ fabric-topologies sandbox up
  $ fabric-topologies sandbox up --zones zone-a:3,zone-b:3,zone-c:1
  $ sudo env PATH="$PATH" npx fabric-topologies sandbox up --nodes real
  $ fabric-topologies sandbox up --federated --engine karmada`,
    )
    .action(up);

  sandbox
    .command("status")
    .description("Show whether it runs, its processes, and its zones.")
    .option("--json", "machine-readable output")
    .addHelpText(
      "after",
      `
Exit code: 0 where it runs and nothing is amiss, 3 where there is none, 1 otherwise.

Example:
  $ fabric-topologies sandbox status --json | jq '.zones'`,
    )
    .action(status);

  sandbox
    .command("kubeconfig")
    .description(
      "Print the path of the administrator's kubeconfig; its context is named sandbox, or as the host and the members are.",
    )
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

  const zone = sandbox
    .command("zone")
    .description("Take a zone or a link away, and bring it back.")
    .addHelpText(
      "after",
      "\nExamples:\n  $ fabric-topologies sandbox zone lose zone-a\n  $ fabric-topologies sandbox zone restore zone-a",
    );
  zone
    .command("lose <zone>")
    .description(
      "Silence a zone's nodes (real ones: as cut), and wait until they are NotReady and their pods not ready (10 to 15 s).",
    )
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
    .command("cut <zone> [other]")
    .description("Real nodes: lose every packet to and from a zone, or between two. All in it runs on. Does not wait.")
    .addHelpText(
      "after",
      "\nExamples:\n  $ fabric-topologies sandbox zone cut zone-a\n  $ fabric-topologies sandbox zone cut zone-a zone-b",
    )
    .action(cut);
  zone
    .command("kill <zone>")
    .description("Real nodes: kill everything in a zone: kubelet, containerd and every container. Does not wait.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies sandbox zone kill zone-b")
    .action(kill);
  zone
    .command("restore <zone> [other]")
    .description("Bring a zone back, however it was lost, and wait until its nodes are Ready; or the link between two.")
    .addHelpText(
      "after",
      `
Also what a drill left broken that was killed.

Examples:
  $ fabric-topologies sandbox zone restore zone-a
  $ fabric-topologies sandbox zone restore zone-a zone-b`,
    )
    .action(restore);

  sandbox.addCommand(memberCommand());

  sandbox
    .command("down")
    .description("End it: nothing of it remains on this machine, not even of a sandbox that was killed.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies sandbox down")
    .action(down);

  return sandbox;
}
