/** What Pulumi's engine says that it did, resource by resource. */

/** By URN; resources that it left as they were are not in it. */
export type EngineSteps = ReadonlyMap<string, "create" | "update" | "replace" | "delete">;

interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: { readonly op: string; readonly urn: string } };
}

/** Reads the engine's event log: one JSON object a line. */
export function engineSteps(log: string): EngineSteps {
  const steps = new Map<string, "create" | "update" | "replace" | "delete">();
  for (const line of log.split("\n").filter((text) => text !== "")) {
    const { resourcePreEvent } = JSON.parse(line) as EngineEvent;
    if (resourcePreEvent === undefined) continue;
    const { op, urn } = resourcePreEvent.metadata;
    switch (op) {
      case "same":
        break;
      case "create":
      case "update":
      case "delete":
        steps.set(urn, op);
        break;
      // A replacement is told in three steps.
      case "replace":
      case "create-replacement":
      case "delete-replaced":
        steps.set(urn, "replace");
        break;
      default:
        throw new Error(`a step of the engine that nothing is known about: ${op} ${urn}`);
    }
  }
  return steps;
}
