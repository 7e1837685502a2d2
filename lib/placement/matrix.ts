import { nothingLost, remainsAfter, singleFailures, type Failure } from "./failure";
import type { PlacedNode, Placement } from "./node";
import { judged, servicesOf, type Service, type Verdict } from "./service";

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

/**
 * The failure matrix of a placement.
 * @param services Its columns, where not all are of interest.
 */
export function failureMatrix(placement: Placement, services = servicesOf(placement)): FailureMatrix {
  const nodes = new Map(placement.nodes.map((node) => [nameOf(node), node]));
  const columns = services.map((service) => columnOf(placement, service));
  return {
    services,
    rows: singleFailures(placement).map((failure) => {
      const remains = remainsAfter(failure);
      if (failure.kind !== "pod") {
        const lost = placement.nodes.filter((node) => !remains.alive(node));
        return { failure, lost, verdicts: columns.map(({ judge }) => judge(remains)) };
      }
      // Of thousands of pods each concerns a handful of hundreds of services: only there is anything to work out.
      const pod = nodes.get(nameOf(failure));
      const verdicts = columns.map(({ rests, whole, judge }) =>
        pod !== undefined && rests.has(pod) ? judge(remains) : whole,
      );
      return { failure, lost: pod === undefined ? [] : [pod], verdicts };
    }),
  };
}

/** A service, the nodes that it rests on, and how it does while nothing has failed. */
function columnOf(placement: Placement, service: Service) {
  const { nodes, judge } = judged(placement, service);
  return { rests: new Set<PlacedNode>(nodes), whole: judge(nothingLost), judge };
}

const nameOf = ({ namespace, pod }: Pick<PlacedNode, "namespace" | "pod">) => `${namespace}/${pod}`;
