import type { WalkedChain } from "./chain";

/** A chain that can be asked for its hashes: one that was walked, or a peer's by qscc. */
export interface Chain {
  /** Number of its blocks. */
  readonly height: number;
  /** Hash of its last block when it had this height; undefined where nobody knows any more. */
  hashAt(height: number): string | undefined | Promise<string | undefined>;
  commitHashAt?(height: number): string | undefined | Promise<string | undefined>;
  /** Hash over the flags of all transactions up to a height. */
  flagsAt?(height: number): string | undefined;
}

/** A ledger that is still there, by the name of its node. */
export interface Survivor extends Chain {
  readonly name: string;
}

/** How a ledger relates to another one. */
export interface Relation {
  /** Name of the other one. */
  readonly with: string;
  /** `behind`: the other one has more blocks, and ours are its beginning. */
  readonly kind: "equal" | "behind" | "ahead" | "fork" | "unknown";
  /** Number of blocks that are the same in both, as far as known. */
  readonly common: number;
  /** Height of the other one. */
  readonly height: number;
  /** Whether both took the same transactions for valid, where both have told. */
  readonly transactions?: "same" | "different";
}

/**
 * Whether two ledgers are one chain. The last block that both have decides, as its hash stands for all before it; of a
 * fork the last common block is looked for by halves. `unknown` where one of them does not know its hash there.
 */
export async function relationTo(ours: Chain | WalkedChain, survivor: Survivor): Promise<Relation> {
  const shared = Math.min(ours.height, survivor.height);
  const base = { with: survivor.name, height: survivor.height };
  const order = survivor.height > ours.height ? "behind" : survivor.height < ours.height ? "ahead" : "equal";
  if (shared === 0) return { ...base, kind: order, common: 0 };
  const same = await equalAt(ours, survivor, shared);
  if (same === undefined) return { ...base, kind: "unknown", common: 0 };
  if (!same) return { ...base, kind: "fork", common: await lastCommon(ours, survivor, shared) };
  const transactions = await sameTransactions(ours, survivor, shared);
  return {
    ...base,
    kind: order,
    common: shared,
    ...(transactions === undefined ? {} : { transactions }),
  };
}

/** By the flags of all blocks where both tell these, and by the commit hash of the last block, which covers more. */
async function sameTransactions(ours: Chain, theirs: Chain, height: number): Promise<"same" | "different" | undefined> {
  const told = [
    [await ours.commitHashAt?.(height), await theirs.commitHashAt?.(height)],
    [ours.flagsAt?.(height), theirs.flagsAt?.(height)],
  ].filter(([a, b]) => a !== undefined && b !== undefined);
  if (told.length === 0) return undefined;
  return told.every(([a, b]) => a === b) ? "same" : "different";
}

async function equalAt(ours: Chain, theirs: Chain, height: number): Promise<boolean | undefined> {
  const [a, b] = [await ours.hashAt(height), await theirs.hashAt(height)];
  return a === undefined || b === undefined ? undefined : a === b;
}

/** The greatest height below `different` at which both are the same; a height that is not known counts as different. */
async function lastCommon(ours: Chain, theirs: Chain, different: number): Promise<number> {
  let [low, high] = [0, different];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await equalAt(ours, theirs, middle)) === true) low = middle;
    else high = middle;
  }
  return low;
}
