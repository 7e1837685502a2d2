import { open, readdir, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { decodeRecord, type StoredBlock, UnreadableRecord, varintAt } from "./record";

/** A place in a ledger's files. */
export interface LedgerPlace {
  /** The number in the file's name: 0 is blockfile_000000. */
  readonly file: number;
  /** Bytes before it in that file. */
  readonly offset: number;
}

/** What stands at a place. */
export type LedgerEntry = { readonly place: LedgerPlace } & (
  | { readonly kind: "block"; readonly block: StoredBlock; readonly bytes: number }
  /** The file ends within the record, as after a crash or half of a transfer. Nothing comes after it. */
  | { readonly kind: "torn"; readonly expected: number; readonly present: number }
  /** A record that is whole by its length and no block by what is in it. The next one may be sound. */
  | { readonly kind: "unreadable"; readonly reason: string }
  /** A file that must be there is not. Nothing comes after it. */
  | { readonly kind: "missing" }
);

/** How a ledger's files are called (Fabric `common/ledger/blkstorage`). */
export const blockFileName = (file: number): string => `blockfile_${String(file).padStart(6, "0")}`;

const blockFilePattern = /^blockfile_(\d{6,})$/;
/** Bytes read at once; longer records are read alone. */
const windowBytes = 1 << 20;
/** A length takes at most eight bytes. */
const longestLength = 8;

/**
 * What a channel's block files hold, in their order. It is the form of peers (`ledgersData/chains/chains/<channel>`) and of
 * ordering nodes (`chains/<channel>`) alike. Only a window of the files is in memory. A file that a node writes is
 * read as far as it went when it was opened.
 * @param from Where to begin; a record must begin there.
 * @throws Error of the file system, but for files that are missing.
 */
export async function* readLedger(
  folder: string,
  from: LedgerPlace = { file: 0, offset: 0 },
): AsyncGenerator<LedgerEntry> {
  const last = Math.max(-1, ...(await blockFiles(folder)));
  for (let file = from.file; ; file += 1) {
    const start = file === from.file ? from.offset : 0;
    const handle = await openIfThere(join(folder, blockFileName(file)));
    if (handle === undefined) {
      yield { kind: "missing", place: { file, offset: start } };
      return;
    }
    try {
      for await (const entry of readFile(handle, file, start)) {
        yield entry;
        if (entry.kind === "torn") return;
      }
    } finally {
      await handle.close();
    }
    if (file >= last) return;
  }
}

/** Numbers of the block files in a folder, in no order; none where the folder is not there. */
export async function blockFiles(folder: string): Promise<number[]> {
  try {
    return (await readdir(folder)).flatMap((name) => {
      const number = blockFilePattern.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function* readFile(handle: FileHandle, file: number, start: number): AsyncGenerator<LedgerEntry> {
  const { size } = await handle.stat();
  if (start > size) {
    yield { kind: "torn", place: { file, offset: start }, expected: 0, present: 0 };
    return;
  }
  const window = windowOf(handle, size);
  for (let offset = start; offset < size;) {
    const place = { file, offset };
    const head = await window(offset, Math.min(longestLength, size - offset));
    let length;
    try {
      length = varintAt(head, 0);
    } catch (error) {
      // Without a length nobody can tell where the next record begins.
      yield { kind: "torn", place, expected: 0, present: size - offset };
      if (error instanceof UnreadableRecord) return;
      throw error;
    }
    const bytes = length === undefined ? undefined : length.size + length.value;
    // No block is empty: zeros are what is left of a file whose length was written and its content not.
    if (length === undefined || length.value === 0 || bytes === undefined || bytes > size - offset) {
      yield { kind: "torn", place, expected: bytes ?? 0, present: size - offset };
      return;
    }
    const record = await window(offset, bytes);
    yield entryOf(place, record.subarray(length.size), bytes);
    offset += bytes;
  }
}

function entryOf(place: LedgerPlace, body: Uint8Array, bytes: number): LedgerEntry {
  try {
    return { kind: "block", place, block: decodeRecord(body), bytes };
  } catch (error) {
    if (error instanceof UnreadableRecord) return { kind: "unreadable", place, reason: error.message };
    throw error;
  }
}

/** Gives bytes of a file, which it reads in large pieces. What it gave stays as it is. */
function windowOf(handle: FileHandle, size: number): (offset: number, length: number) => Promise<Uint8Array> {
  let held = Buffer.alloc(0);
  let heldFrom = 0;
  return async (offset, length) => {
    if (offset < heldFrom || offset + length > heldFrom + held.length) {
      const wanted = Buffer.alloc(Math.min(Math.max(length, windowBytes), size - offset));
      let filled = 0;
      while (filled < wanted.length) {
        const { bytesRead } = await handle.read(wanted, filled, wanted.length - filled, offset + filled);
        // Somebody cut the file meanwhile; what is not there reads as zeros, which are no block.
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      [held, heldFrom] = [wanted, offset];
    }
    return held.subarray(offset - heldFrom, offset - heldFrom + length);
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
}
