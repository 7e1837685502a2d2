import { z } from "zod";

/** What stands in place of every secret value, as in the output of Pulumi's engine. */
export const masked = "[secret]";

/** A resource as the Pulumi program asks the engine for it. */
export const recordedResourceSchema = z.strictObject({
  urn: z.string().describe("Identity of the resource in Pulumi's state. Another URN is another resource."),
  type: z.string().describe("Type token, such as kubernetes:apps/v1:StatefulSet."),
  name: z
    .string()
    .describe("Name within its type and parents: <site>:<Kind>/<namespace>/<name> for Kubernetes objects."),
  custom: z.boolean().describe("false: a component, which only groups others."),
  parent: z.string().optional().describe("URN of the resource that it belongs to; none for the stack itself."),
  provider: z.string().optional().describe("URN of the provider that makes it."),
  dependencies: z.array(z.string()).describe("URNs of what must be there before, sorted."),
  inputs: z
    .record(z.string(), z.unknown())
    .describe(`What it is to be. Every secret value is the text ${masked}, whatever it was.`),
  protect: z.boolean().describe("true: the engine refuses to delete or replace it."),
  retainOnDelete: z.boolean().describe("true: it stays in the cluster when it leaves the program or the stack goes."),
  deleteBeforeReplace: z.boolean().describe("true: where it is replaced, the old one goes first."),
  ignoreChanges: z.array(z.string()).describe("Paths of inputs whose changes the engine passes over."),
  aliases: z.array(z.string()).describe("URNs under which the engine looks for it in its state, too."),
});

/** Everything that a Pulumi program asks for. */
export const recordedGraphSchema = z.strictObject({
  project: z.string().describe("Pulumi's project."),
  stack: z.string().describe("Pulumi's stack."),
  resources: z.array(recordedResourceSchema).describe("Sorted by URN."),
  outputs: z.record(z.string(), z.unknown()).describe("What the stack gives, secrets masked."),
});

export type RecordedResource = Readonly<z.output<typeof recordedResourceSchema>>;

export interface RecordedGraph {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}
