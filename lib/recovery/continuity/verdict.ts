import type { LedgerAnchor, WalkedChain } from "./chain";
import type { Fault } from "./fault";
import type { Relation } from "./survivors";

/** A height and the hash of the chain's last block then, as a node told them while it lived. */
export interface Heard {
  readonly height: number;
  /** Hexadecimal; the `currentBlockHash` of qscc's GetChainInfo. */
  readonly hash: string;
  /** Whom it was heard from. */
  readonly from?: string;
}

/**
 * What is known of the state database, of which blocks say nothing: a peer whose state was damaged started, was level with
 * the network and answered from a fifth less of its keys, without a line in its log.
 */
export type StateEvidence =
  /** An ordering node has none. */
  | { readonly kind: "none" }
  /** State and history are removed from the copy: the peer makes them anew from the blocks that were verified. */
  | { readonly kind: "rebuilt" }
  /** Fabric's own ledger snapshot of the copy is the same as another peer's at this height. */
  | { readonly kind: "compared"; readonly with: string; readonly height: number }
  | { readonly kind: "damaged"; readonly reason: string }
  | { readonly kind: "unproven" };

/** Blocks that somebody has had and this ledger has not: from number `first` to number `last`. */
export interface LostRange {
  readonly first: number;
  readonly last: number;
}

/** Everything that is held against a ledger before it is opened. */
export interface Evidence {
  readonly name: string;
  readonly chain: WalkedChain;
  readonly heard?: readonly Heard[];
  readonly survivors?: readonly Relation[];
  readonly state: StateEvidence;
  /** Why the copy is no whole one, as the driver that received it says. */
  readonly halfReceived?: string;
}

/** May this ledger be opened? */
export interface ContinuityVerdict {
  readonly name: string;
  /**
   * `continuous`: it may. `unproven`: its blocks are right, and its state has to be made anew or compared first, or a ledger
   * that survived could not be compared. `forked`: it is another chain than somebody knows; a person decides. `damaged`:
   * never; the next older snapshot is looked at.
   */
  readonly outcome: "continuous" | "unproven" | "forked" | "damaged";
  readonly height: number;
  /** Number of blocks before the first fault: what a rollback could keep. */
  readonly soundHeight: number;
  readonly hash: string;
  /** Height from which blocks were walked now; those before were verified earlier. */
  readonly from: number;
  readonly faults: readonly Fault[];
  /** What was heard and could not be compared, being below what was walked or above what is there. */
  readonly notCompared: readonly Heard[];
  readonly survivors: readonly Relation[];
  readonly state: StateEvidence;
  /** Nothing is known to be lost where it is left out. What was acknowledged after the last word heard adds to it. */
  readonly lost?: LostRange;
  readonly lastConfig?: number;
  /** Where the next check of this ledger may begin; only of one without faults. */
  readonly anchor?: LedgerAnchor;
}

/** The verdict on a ledger, from all that is known of it. Pure; the order in which things were heard does not matter. */
export function judgeContinuity(evidence: Evidence): ContinuityVerdict {
  const { name, chain, state, heard = [], survivors = [], halfReceived } = evidence;
  const compared = heard.map((one) => ({ ...one, found: chain.hashAt(one.height) }));
  const faults: Fault[] = [
    ...(halfReceived === undefined ? [] : [{ kind: "half-received", reason: halfReceived } as const]),
    ...chain.faults,
    ...compared.flatMap(({ height, hash, from, found }) =>
      found === undefined || found === hash.toLowerCase()
        ? []
        : [{ kind: "heard", height, heard: hash, found, ...(from === undefined ? {} : { from }) } as const],
    ),
    ...contradictions(heard),
    ...survivors.flatMap((relation): Fault[] => [
      ...(relation.kind === "fork" ? [{ kind: "fork", with: relation.with, common: relation.common } as const] : []),
      ...(relation.transactions === "different"
        ? [{ kind: "transactions", with: relation.with, height: relation.common } as const]
        : []),
    ]),
    ...(state.kind === "damaged" ? [{ kind: "state", reason: state.reason } as const] : []),
  ];
  const highest = Math.max(
    chain.height,
    ...heard.map(({ height }) => height),
    ...survivors.map(({ height }) => height),
  );
  return {
    name,
    outcome: outcomeOf(faults, state, survivors),
    height: chain.height,
    soundHeight: chain.soundHeight,
    hash: chain.hash,
    from: chain.from,
    faults,
    notCompared: compared.flatMap(({ found, ...one }) => (found === undefined && one.height > 0 ? [drop(one)] : [])),
    survivors,
    state,
    ...(highest > chain.height ? { lost: { first: chain.height, last: highest - 1 } } : {}),
    ...(chain.lastConfig === undefined ? {} : { lastConfig: chain.lastConfig }),
    ...(faults.length === 0 && chain.anchor !== undefined ? { anchor: chain.anchor } : {}),
  };
}

const drop = ({ height, hash, from }: Heard): Heard => ({ height, hash, ...(from === undefined ? {} : { from }) });

/** Two who told different hashes at one height lived on two chains, whichever of them is ours, or neither. */
function contradictions(heard: readonly Heard[]): Fault[] {
  const first = new Map<number, Heard>();
  return heard.flatMap((one) => {
    const other = first.get(one.height);
    first.set(one.height, other ?? one);
    return other === undefined || other.hash.toLowerCase() === one.hash.toLowerCase()
      ? []
      : [
          {
            kind: "heard",
            height: one.height,
            heard: one.hash,
            found: other.hash,
            ...(one.from === undefined ? {} : { from: one.from }),
          } as const,
        ];
  });
}

function outcomeOf(
  faults: readonly Fault[],
  state: StateEvidence,
  survivors: readonly Relation[],
): ContinuityVerdict["outcome"] {
  const forks = faults.filter(({ kind }) => kind === "fork" || kind === "heard");
  if (faults.length > forks.length) return "damaged";
  if (forks.length > 0) return "forked";
  const compared = survivors.every(({ kind }) => kind !== "unknown");
  return state.kind === "unproven" || !compared ? "unproven" : "continuous";
}
