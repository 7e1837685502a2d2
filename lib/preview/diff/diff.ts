import type { Preview } from "../document";
import { changesOf, pairsOf } from "./changes";
import { certificateStatements } from "./certificates";
import { channelStatements } from "./channels";
import type { Comparison } from "./comparison";
import { costOf, costStatements } from "./cost";
import { dataStatements } from "./data";
import { topics, type Diff, type Statement, type Topic } from "./document";
import { cellsOf, failureStatements } from "./failures";
import { identityStatements } from "./identity";
import { policyStatements } from "./policy-results";
import { refusedStatements } from "./refused";
import { restartsOf } from "./restarts";
import { rollStatements } from "./roll";
import { sameStack } from "./same-stack";
import { securityStatements } from "./security";
import { versionStatements } from "./versions";

/** A side, and how it was asked for. */
export interface Labelled {
  readonly label: string;
  readonly preview: Preview;
  /** What is to be known of how it was previewed. */
  readonly note?: string;
}

/**
 * What it would mean to go from one network to another, as if the first were deployed as the stack of the second.
 */
export function diffOf(from: Labelled, to: Labelled): Diff {
  const after = to.preview;
  const before = sameStack(from.preview, after);
  const pairs = pairsOf(before.graph, after.graph);
  const changes = changesOf(pairs);
  const comparison: Comparison = { before, after, pairs, changes };
  const restarts = restartsOf(comparison);
  const cells = cellsOf(comparison);
  const cost = costOf(comparison);
  const statements = inOrder([
    ...refusedStatements(comparison),
    ...dataStatements(comparison),
    ...versionStatements(comparison),
    ...rollStatements(comparison, restarts),
    ...failureStatements(comparison, cells),
    ...identityStatements(comparison),
    ...certificateStatements(comparison),
    ...channelStatements(comparison),
    ...securityStatements(comparison),
    ...policyStatements(comparison),
    ...costStatements(cost),
  ]);
  const care = statements.some((one) => one.care);
  return {
    format: "fabric-topologies.dev/diff/v1",
    from: sideOf(from),
    to: sideOf(to),
    verdict: care ? "care" : changes.length + statements.length > 0 ? "changes" : "none",
    counts: countsOf(changes, pairs.filter((pair) => pair.after?.custom === true && pair.before !== undefined).length),
    statements,
    restarts,
    cells,
    cost,
    changes,
  };
}

const order = Object.keys(topics) as readonly Topic[];

/** By topic, and within one what needs care first. */
function inOrder(statements: readonly Statement[]): Statement[] {
  return [...statements].sort(
    (one, other) => order.indexOf(one.topic) - order.indexOf(other.topic) || Number(other.care) - Number(one.care),
  );
}

function countsOf(changes: Diff["changes"], kept: number): Diff["counts"] {
  const count = (action: Diff["changes"][number]["action"]) => changes.filter((one) => one.action === action).length;
  const [update, replace] = [count("update"), count("replace")];
  return {
    ...{ create: count("create"), update, replace, remove: count("remove"), release: count("release") },
    same: kept - update - replace,
  };
}

function sideOf({ label, note, preview: { network, fabric, topology, graph } }: Labelled): Diff["from"] {
  const side = { label, network, fabric, topology: topology.name, stack: graph.stack };
  return note === undefined ? side : { ...side, note };
}
