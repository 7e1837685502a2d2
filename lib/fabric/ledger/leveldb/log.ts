import { maskedCrc32c } from "./checksum";

/** Bytes that are not those that were written. */
export interface Damage {
  readonly offset: number;
  readonly reason: string;
}

/** A log, or a manifest, as far as it is sound. */
interface ReadLog {
  readonly records: readonly Uint8Array[];
  readonly damage?: Damage;
}

/** Logs are made of blocks of this size, and records' parts do not cross their borders (LevelDB `doc/log_format.md`). */
const blockBytes = 32768;
const headerBytes = 7;
/** Kinds of parts: a whole record, or its first, middle or last part. */
const [whole, first, , last] = [1, 2, 3, 4];

/**
 * The records of a log. An end within a record is no damage: so a crash leaves it, and LevelDB goes on from there. Nor is
 * space that was reserved and never written.
 */
export function readLog(bytes: Buffer): ReadLog {
  const records: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  const damaged = (offset: number, reason: string): ReadLog => ({ records, damage: { offset, reason } });
  for (let offset = 0; offset + headerBytes <= bytes.length;) {
    const left = blockBytes - (offset % blockBytes);
    if (left < headerBytes) {
      offset += left;
      continue;
    }
    const length = bytes.readUInt16LE(offset + 4);
    const kind = bytes[offset + 6] ?? 0;
    const end = offset + headerBytes + length;
    if (length === 0 && kind === 0) {
      return bytes.subarray(offset).every((byte) => byte === 0) ? { records } : damaged(offset, "zeros within a log");
    }
    if (headerBytes + length > left) return damaged(offset, "a record that is longer than its block");
    if (end > bytes.length) return { records };
    if (bytes.readUInt32LE(offset) !== maskedCrc32c(bytes.subarray(offset + 6, end))) {
      return damaged(offset, "a record's checksum is wrong");
    }
    const part = bytes.subarray(offset + headerBytes, end);
    parts = kind === whole || kind === first ? [part] : [...parts, part];
    if (kind === whole || kind === last) records.push(Buffer.concat(parts));
    offset = end;
  }
  return { records };
}
