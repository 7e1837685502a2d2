import { remainsAfter, singleFailures, type Failure } from "./failure";
import type { PlacedNode, Placement } from "./node";
import { judge, servicesOf, type Service, type Verdict } from "./service";

/** One failure and what it does to every service. */
export interface MatrixRow {
  readonly failure: Failure;
  /** The Fabric nodes that stop. For a link none do. */
  readonly lost: readonly PlacedNode[];
  /** One verdict per column, in the order of `services`. */
  readonly verdicts: readonly Verdict[];
}

/** Every single failure × everything users need: computed from the placement, shown to people, verified by drills. */
export interface FailureMatrix {
  readonly services: readonly Service[];
  readonly rows: readonly MatrixRow[];
}

/** The failure matrix of a placement. */
export function failureMatrix(placement: Placement): FailureMatrix {
  const services = servicesOf(placement);
  return {
    services,
    rows: singleFailures(placement).map((failure) => {
      const remains = remainsAfter(failure);
      return {
        failure,
        lost: placement.nodes.filter((node) => !remains.alive(node)),
        verdicts: services.map((service) => judge(placement, service, remains)),
      };
    }),
  };
}
