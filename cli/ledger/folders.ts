import { stat } from "node:fs/promises";
import { type LedgerFolder, ledgersBelow } from "../../lib/fabric/ledger/folders";
import { damageOfLevelDb } from "../../lib/fabric/ledger/leveldb/damage";
import { walkFiles, type WalkedChain } from "../../lib/recovery/continuity/chain";
import type { StateEvidence } from "../../lib/recovery/continuity/verdict";
import { CommandError } from "../errors";

/**
 * The ledgers in a folder that a person named, or the one of the channel they named.
 * @throws CommandError where there is none.
 */
export async function ledgerFolder(folder: string, channel?: string): Promise<readonly LedgerFolder[]> {
  const there = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!there) throw new CommandError(`${folder} is no folder`, "name a folder with a node's ledger in it");
  const found = await ledgersBelow(folder);
  if (found.length === 0) {
    throw new CommandError(
      `${folder} holds no ledger`,
      "name a node's volume, its production folder (with ledgersData or chains in it), or a folder with blockfile_000000",
    );
  }
  // Block files alone do not say which channel they are of: their folder may have any name.
  const [only] = found;
  if (channel === undefined || (only?.blocks === folder && found.length === 1)) return found;
  const chosen = found.filter((one) => one.channel === channel);
  if (chosen.length > 0) return chosen;
  throw new CommandError(
    `${folder} holds no ledger of channel ${channel}`,
    `name one of ${found.map((one) => one.channel).join(", ")}`,
  );
}

/** A ledger, walked from its first block. */
export const walkedLedger = (ledger: LedgerFolder): Promise<WalkedChain> => walkFiles(ledger.blocks);

/** What can be said of a peer's state without its peer. */
export async function stateOf({ databases }: LedgerFolder): Promise<StateEvidence> {
  if (databases === undefined) return { kind: "none" };
  const { state, history } = databases;
  if (state === undefined) return { kind: "unproven" };
  const damage = (await Promise.all([state, ...(history === undefined ? [] : [history])].map(damageOfLevelDb))).flat();
  const [first, ...more] = damage;
  if (first === undefined) return { kind: "unproven" };
  const rest = more.length === 0 ? "" : `, and ${more.length} more`;
  return { kind: "damaged", reason: `${first.file}, byte ${first.offset}: ${first.reason}${rest}` };
}
