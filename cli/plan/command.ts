import { Command } from "commander";
import { formatProblems } from "../../lib/spec/problem";
import { isStackFile } from "../../lib/spec/source/stack-document";
import { counted } from "../../lib/spec/words";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";
import { planOf, settingsFileOf, stackNameOf, takesStack, type InputOptions } from "../input";
import { pulumiProject, type PulumiProject } from "../../lib/spec/source/pulumi-project";
import { projectNameOf } from "../pulumi-project";
import { palette, say } from "../terminal";

interface PlanOptions extends InputOptions {
  readonly engine?: true;
  readonly json?: true;
}

/** `fabric-topologies plan`: what the offline preview promises, and whether Pulumi's engine sees the same. */
export function planCommand(): Command {
  const command = new Command("plan")
    .summary("hold the offline preview against what Pulumi's engine sees")
    .description(
      "Say in a line what `pulumi up` would ask for. With --engine, hold every resource of that against a real `pulumi preview` of the same stack, which changes nothing: they must be equal.",
    );
  return takesStack(command)
    .option("--engine", "run a real `pulumi preview` of the stack, and compare (takes Pulumi and its login)")
    .option("--json", "machine-readable output: how many resources, and every difference")
    .addHelpText(
      "after",
      `
Compared are types, names, inputs, parents, dependencies, providers, protection, and what is retained or passed over.
--engine runs the \`pulumi\` on PATH, in the folder of the nearest Pulumi.yaml; for the stack of \`make up\` the sandbox's
own. It looks at the clusters of the stack's sites, as \`pulumi preview\` does, and changes nothing.
Exit code: 0 where they are equal, 2 where they differ, which is a bug of fabric-topologies, 1 for an error.

Examples:
  $ fabric-topologies plan examples/trade-finance/network.yaml
  $ fabric-topologies plan --stack sandbox --engine
  $ fabric-topologies plan --stack production --engine --json | jq '.differences[]'`,
    )
    .action((file: string | undefined, options: PlanOptions) =>
      options.engine ? comparedWithEngine(file, options) : planned(planOf(file, options), options),
    );
}

async function planned(plan: Plan, options: PlanOptions): Promise<void> {
  const [stack, project] = [stackNameOf(options), projectNameOf(settingsFileOf(options))];
  const { previewOfPlan } = await import("../preview/previewed");
  const { preview, refusals } = await previewOfPlan(plan, stack, project);
  if (refusals.length > 0) {
    process.stderr.write(`${formatProblems(refusals)}\npulumi up would stop here\n`);
    process.exitCode = 1;
  }
  const resources = preview.graph.resources.length;
  if (options.json) return say(JSON.stringify({ project, stack, resources }, undefined, 2));
  const [{ outlineOf }, { summary }] = await Promise.all([
    import("../../lib/preview/outline"),
    import("../../lib/preview/text"),
  ]);
  say(
    `${preview.network} as stack ${stack} of project ${project}: ${summary(preview, outlineOf(preview.graph))}; ${counted(resources, "resource")} with components and providers\n` +
      "no engine was asked: --engine holds it against a real `pulumi preview`, and `fabric-topologies preview` shows all of it",
  );
}

async function comparedWithEngine(file: string | undefined, options: PlanOptions): Promise<void> {
  const { project, stack } = stackOf(file, options);
  const plan = planOf(undefined, options);
  const [{ compareWithEngine }, { engineOf }] = await Promise.all([import("./compare"), import("./engine")]);
  const comparison = await compareWithEngine(plan, project, stack, await engineOf(project, stack));
  if (comparison.differences.length > 0) process.exitCode = 2;
  if (options.json) return say(JSON.stringify(comparison, undefined, 2));
  const { comparisonText } = await import("./text");
  say(comparisonText(comparison, palette(process.stdout)));
}

/** The stack that the engine is asked about; it runs what the stack's own settings say, and nothing else. */
function stackOf(file: string | undefined, options: InputOptions): { project: PulumiProject; stack: string } {
  const settings = settingsFileOf(options);
  const stack = stackNameOf(options);
  if (options.stack === undefined && !isStackFile(settings)) {
    throw new CommandError(
      `${options.settings === undefined ? "no stack is named" : `${settings} is not the settings of a Pulumi stack`}, and the engine knows stacks only`,
      "name one: --stack <name>, or --settings <folder>/Pulumi.<stack>.yaml",
    );
  }
  if (file !== undefined) {
    throw new CommandError(
      `${file} is named beside --engine, which runs the network that ${settings} names`,
      "leave the file out, or name it in the stack's settings",
    );
  }
  const project = pulumiProject(settings);
  if (project !== undefined) return { project, stack };
  throw new CommandError(
    `no Pulumi.yaml in the folder of ${settings} or above it, so that Pulumi has no program to run`,
    "run it in the checkout whose Pulumi.yaml the stack belongs to",
  );
}
