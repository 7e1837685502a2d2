import { faultText, remedyOf } from "./fault";
import type { Relation } from "./survivors";
import type { ContinuityVerdict, LostRange, StateEvidence } from "./verdict";

/** What a verdict means, in one line. */
function verdictHeadline(verdict: ContinuityVerdict): string {
  const { name, outcome, height } = verdict;
  const chain = height === 0 ? "no block" : `${counted(height, "block")}, the last one ${height - 1}`;
  switch (outcome) {
    case "continuous":
      return `${name}: continuous, may be opened (${chain})`;
    case "unproven":
      return `${name}: blocks continuous (${chain}); not everything about it is proven yet`;
    case "forked":
      return `${name}: NOT the chain that others know. Do not open it`;
    case "damaged":
      return `${name}: DAMAGED. Do not open it`;
  }
}

/** A verdict for an operator at night: may it be opened, what is wrong, what is lost, what to do. One line each. */
export function verdictLines(verdict: ContinuityVerdict): string[] {
  const { faults, hash, from, soundHeight, height, survivors, state, lost, notCompared } = verdict;
  return [
    verdictHeadline(verdict),
    ...(hash === "" ? [] : [`hash at height ${height}: ${hash}`]),
    ...(from > 0 ? [`blocks 0 to ${from - 1} were verified before and not read again`] : []),
    ...faults.map((fault) => `found: ${faultText(fault)}`),
    ...(faults.length > 0 && soundHeight < height ? [`sound up to height ${soundHeight}`] : []),
    ...survivors.map(relationText),
    ...notCompared.map(
      ({ height: heard, from: who }) =>
        `not compared: the hash that ${who ?? "a heartbeat"} told at height ${heard}, ${heard > height ? "above" : "below"} what was read`,
    ),
    ...(lost === undefined ? [] : [`lost, as far as known: ${rangeText(lost)}`]),
    stateText(state),
    ...[...new Set(faults.map(remedyOf))].map((remedy) => `do: ${remedy}`),
  ].filter((line) => line !== "");
}

/** "block 238", "blocks 238 to 244 (7 blocks)". */
function rangeText({ first, last }: LostRange): string {
  return first === last ? `block ${first}` : `blocks ${first} to ${last} (${counted(last - first + 1, "block")})`;
}

function relationText({ with: name, kind, common, height, transactions }: Relation): string {
  const flags = transactions === "same" ? ", and the same transactions taken for valid" : "";
  switch (kind) {
    case "equal":
      return `${name}: the same chain, as long${flags}`;
    case "behind":
      return `${name}: the same chain, ${counted(height - common, "block")} longer${flags}`;
    case "ahead":
      return `${name}: the same chain, shorter (height ${height})${flags}`;
    case "fork":
      return `${name}: another chain from block ${common} on`;
    case "unknown":
      return `${name}: not compared, as one of the two does not know its hash at the other's height`;
  }
}

function stateText(state: StateEvidence): string {
  switch (state.kind) {
    case "none":
    case "damaged":
      return "";
    case "rebuilt":
      return "state: made anew from these blocks when the peer starts";
    case "compared":
      return `state: the same as that of ${state.with} at height ${state.height}`;
    case "unproven":
      return "state: blocks say nothing about it; remove it so that the peer makes it anew, or compare ledger snapshots";
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
