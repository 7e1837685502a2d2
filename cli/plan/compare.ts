import { differencesFromEngine, type EngineDifference } from "../../lib/preview/engine/differences";
import { recordNetwork } from "../../lib/preview/record";
import type { Plan } from "../../topologies/plan";
import type { PulumiProject } from "../../lib/spec/source/pulumi-project";
import { askEngine, type Engine } from "./engine";

/** What a comparison with the engine came to. */
export interface Comparison {
  readonly project: string;
  readonly stack: string;
  /** How many resources the offline preview has. */
  readonly resources: number;
  readonly differences: readonly EngineDifference[];
}

/**
 * Records what the program asks for, without an engine, and holds it against a real `pulumi preview` of the same stack.
 *
 * @throws InvalidInput where a mandatory policy is broken, CommandError where the engine comes to no preview
 */
export async function compareWithEngine(
  plan: Plan,
  project: PulumiProject,
  stack: string,
  engine: Engine,
): Promise<Comparison> {
  const graph = await recordNetwork(plan, { project: project.name, stack });
  const told = await askEngine(project, stack, engine);
  return {
    project: project.name,
    stack,
    resources: graph.resources.length,
    differences: differencesFromEngine(graph, told.resources),
  };
}
