import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { StateEvidence } from "./verdict";

/** What Fabric writes of a ledger snapshot that is the same at every peer (`_snapshot_signable_metadata.json`). */
const signable = z.object({
  channel_name: z.string(),
  last_block_number: z.int().min(0),
  last_block_hash: z.string(),
  snapshot_files_raw_hashes: z.record(z.string().regex(/^[\w.-]+$/), z.string()),
});

/** Fabric's own snapshot of a channel's state at one height. */
export interface LedgerSnapshot {
  readonly channel: string;
  /** Number of blocks whose state it is. */
  readonly height: number;
  /** Hash of the last of them, hexadecimal. */
  readonly hash: string;
  /** Hash over the description of all its files: the same at all peers whose states are. */
  readonly digest: string;
  /** Files that are not as the description says. */
  readonly changed: readonly string[];
}

/**
 * Reads a ledger snapshot (`completed/<channel>/<number>` of a peer) and hashes its files anew: Fabric's own
 * `ledgerutil compare` trusts the hashes in the description, and called a changed file the same.
 * @throws Error if there is no description, or one of another form.
 */
export async function readLedgerSnapshot(folder: string): Promise<LedgerSnapshot> {
  const text = await readFile(join(folder, "_snapshot_signable_metadata.json"));
  const told = signable.parse(JSON.parse(text.toString()));
  const changed: string[] = [];
  for (const [file, hash] of Object.entries(told.snapshot_files_raw_hashes)) {
    if ((await hashOfFile(join(folder, file))) !== hash) changed.push(file);
  }
  return {
    channel: told.channel_name,
    height: told.last_block_number + 1,
    hash: told.last_block_hash,
    digest: createHash("sha256").update(text).digest("hex"),
    changed,
  };
}

/** What a snapshot of a copy's state proves beside one of another peer. */
export function compareStates(ours: LedgerSnapshot, theirs: LedgerSnapshot, name: string): StateEvidence {
  if (ours.changed.length > 0) {
    return { kind: "damaged", reason: `${ours.changed.join(", ")} of its ledger snapshot is not as was written` };
  }
  // The other one proves nothing about ours, and nothing against it.
  if (theirs.changed.length > 0 || ours.channel !== theirs.channel || ours.height !== theirs.height) {
    return { kind: "unproven" };
  }
  return ours.digest === theirs.digest
    ? { kind: "compared", with: name, height: ours.height }
    : { kind: "damaged", reason: `at height ${ours.height} it is not the state of ${name}` };
}

async function hashOfFile(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}
