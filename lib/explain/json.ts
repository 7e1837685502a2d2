import { describeFailure } from "../placement/failure";
import { failureMatrix } from "../placement/matrix";
import type { Placement } from "../placement/node";
import { describeService } from "../placement/service";
import { claimsOf } from "./text";

/** One pod of the placement, for machines. */
export interface PlacementJson {
  readonly pod: string;
  readonly namespace: string;
  readonly role: string;
  readonly organisation: string;
  readonly site: string;
  readonly zone: string;
  readonly volumes: readonly string[];
}

/** What `explain --json` prints. */
export interface ExplainJson {
  readonly network: string;
  readonly fabric: string;
  readonly placement: readonly PlacementJson[];
  readonly matrix: readonly {
    readonly failure: string;
    readonly lost: readonly string[];
    readonly services: Readonly<Record<string, { readonly survives: boolean; readonly because: string }>>;
  }[];
}

/** Placement and failure matrix as plain values. */
export function explainJson(placement: Placement): ExplainJson {
  const { network } = placement;
  const matrix = failureMatrix(placement);
  return {
    network: network.name,
    fabric: network.fabric.version,
    placement: placement.nodes.map((node) => ({
      pod: node.pod,
      namespace: node.namespace,
      role: node.role,
      organisation: node.organisation.name,
      site: node.site,
      zone: node.zone,
      volumes: claimsOf(node),
    })),
    matrix: matrix.rows.map(({ failure, lost, verdicts }) => ({
      failure: describeFailure(failure),
      lost: lost.map(({ pod }) => pod),
      services: Object.fromEntries(
        matrix.services.flatMap((service, index) => {
          const verdict = verdicts[index];
          return verdict === undefined ? [] : [[describeService(service), verdict]];
        }),
      ),
    })),
  };
}
