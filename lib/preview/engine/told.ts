import { z } from "zod";

/** A resource as the engine keeps it. What is not named here stays in it, so that nothing is passed over unseen. */
const stateSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  protect: z.boolean().default(false),
  retainOnDelete: z.boolean().default(false),
  ignoreChanges: z.array(z.string()).default([]),
});

/** What `pulumi preview --json` prints, as far as it matters here (Pulumi 3.259, `display.PreviewDigest`). */
const digestSchema = z.looseObject({
  steps: z.array(z.looseObject({ op: z.string(), urn: z.string(), newState: stateSchema.optional() })).default([]),
  diagnostics: z.array(z.looseObject({ severity: z.string(), message: z.string() })).default([]),
});

/** A resource as the engine sees it. */
export type ToldResource = Readonly<z.output<typeof stateSchema>>;

/** What the engine says of a stack. */
export interface Told {
  /** Every resource that the program asks for, whether the engine would make, change or leave it. */
  readonly resources: readonly ToldResource[];
  /** What went wrong, in the engine's words. */
  readonly errors: readonly string[];
}

/**
 * Without `--show-sames` the engine tells of changes only, and without the rest it may ask somebody something. To be
 * followed by `--stack` and a name.
 */
export const previewArguments = ["preview", "--json", "--show-sames", "--non-interactive"] as const;

/**
 * Reads what `pulumi preview --json --show-sames` printed.
 *
 * @returns undefined where that is no such document: the engine did not come as far as to write one
 */
export function toldByEngine(output: string): Told | undefined {
  const digest = digestSchema.safeParse(parsed(output));
  if (!digest.success) return undefined;
  const { steps, diagnostics } = digest.data;
  // A replacement is several steps, all with the same new state; what leaves the stack has none.
  const states = steps.flatMap(({ newState, op }) => (newState === undefined || leaving.has(op) ? [] : [newState]));
  const resources = new Map(states.map((state) => [state.urn, state]));
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.trim());
  return { resources: [...resources.values()], errors };
}

/** Steps that take something out of the stack. */
const leaving: ReadonlySet<string> = new Set(["delete", "delete-replaced", "discard", "discard-replaced"]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
