import { describeFailure } from "../placement/failure";
import type { FailureMatrix, MatrixRow } from "../placement/matrix";
import type { PlacedNode } from "../placement/node";

/** What people call a node's role. */
export const roleNames = {
  peer: "peer",
  orderer: "ordering node",
  ca: "certificate authority",
} as const satisfies Record<PlacedNode["role"], string>;

/** A row of the failure matrix as people read it: alike failures of pods are told as one. */
export interface ToldRow {
  readonly label: string;
  readonly row: MatrixRow;
}

/**
 * The rows of a matrix, with pods told as "any one peer" where each of them costs the same. A row keeps the verdicts of the
 * first of them.
 */
export function tellRows(matrix: FailureMatrix): ToldRow[] {
  const told = new Map<string, { label: string; row: MatrixRow; count: number }>();
  for (const row of matrix.rows) {
    const [node] = row.lost;
    const alike = row.failure.kind === "pod" && node !== undefined;
    const outcome = row.verdicts.map(({ survives }) => (survives ? "+" : "-")).join("");
    const key = alike ? `${node.role} ${outcome}` : describeFailure(row.failure);
    const known = told.get(key);
    if (known === undefined) told.set(key, { label: describeFailure(row.failure), row, count: 1 });
    else {
      known.count += 1;
      if (node !== undefined) known.label = `any one ${roleNames[node.role]}`;
    }
  }
  return [...told.values()];
}
