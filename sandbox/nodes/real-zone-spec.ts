/** The zones that a sandbox with real nodes can have. */
import { SandboxError } from "../errors";
import type { ZoneSpec } from "../state";

/** Two full zones and a witness, one node each. */
export const defaultRealZones: readonly ZoneSpec[] = ["zone-a", "zone-b", "zone-c"].map((name) => ({ name, nodes: 1 }));

/** Each costs about 250 MB of memory, and addresses of the range: see plan.ts. */
const most = 20;

/** Errors: a zone has more than its one node, or there are too many. Called after `checkZones`. */
export function checkRealZones(zones: readonly ZoneSpec[]): void {
  const bigger = zones.find(({ nodes }) => nodes !== 1);
  if (bigger) {
    throw new SandboxError(
      `zone ${bigger.name} is to have ${bigger.nodes} nodes`,
      "give each zone one node, such as --zones zone-a,zone-b,zone-c: a real node is the zone's whole machine",
    );
  }
  if (zones.length > most) {
    throw new SandboxError(`${zones.length} real nodes`, `ask for ${most} at most`);
  }
}
