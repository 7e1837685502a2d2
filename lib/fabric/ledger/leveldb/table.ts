import { varintAt } from "../record";
import { maskedCrc32c } from "./checksum";
import type { Damage } from "./log";
import { unsnappy } from "./snappy";

/** Last bytes of every table (LevelDB `table/format.h`). */
const magic = Buffer.from("57fb808b247547db", "hex");
const footerBytes = 48;
/** Behind every block: how it is compressed, and its checksum. */
const trailerBytes = 5;
const snappy = 1;

/** Where a block is; its trailer comes behind. */
interface Handle {
  readonly offset: number;
  readonly size: number;
}

/** Holds every block of a table against its checksum; the index says where they are. */
export function damageOfTable(bytes: Buffer): Damage[] {
  const footer = bytes.length - footerBytes;
  if (footer < 0 || !bytes.subarray(-magic.length).equals(magic)) {
    return [{ offset: Math.max(0, footer), reason: "the table's end is not there" }];
  }
  try {
    const meta = handleAt(bytes, footer);
    const index = handleAt(bytes, footer + meta.length);
    const outer = [meta.handle, index.handle].filter((handle) => !sound(bytes, handle));
    const inner = outer.length > 0 ? [] : entriesOf(bytes, index.handle).filter((handle) => !sound(bytes, handle));
    return [...outer, ...inner].map(({ offset }) => ({ offset, reason: "a block's checksum is wrong" }));
  } catch {
    return [{ offset: footer, reason: "the table's index cannot be read" }];
  }
}

function sound(bytes: Buffer, { offset, size }: Handle): boolean {
  const end = offset + size;
  if (end + trailerBytes > bytes.length) return false;
  return bytes.readUInt32LE(end + 1) === maskedCrc32c(bytes.subarray(offset, end + 1));
}

function handleAt(bytes: Uint8Array, at: number): { readonly handle: Handle; readonly length: number } {
  const offset = varintAt(bytes, at);
  const size = offset === undefined ? undefined : varintAt(bytes, at + offset.size);
  if (offset === undefined || size === undefined) throw new RangeError("no block handle");
  return { handle: { offset: offset.value, size: size.value }, length: offset.size + size.size };
}

/** The blocks that an index names: each entry is a key, of which a part is shared with the one before, and a handle. */
function entriesOf(bytes: Buffer, { offset, size }: Handle): Handle[] {
  const stored = bytes.subarray(offset, offset + size);
  const block = Buffer.from(bytes[offset + size] === snappy ? unsnappy(stored) : stored);
  const restarts = block.readUInt32LE(block.length - 4);
  const end = block.length - 4 * (restarts + 1);
  const handles: Handle[] = [];
  for (let at = 0; at < end;) {
    const numbers = [0, 0, 0].map(() => {
      const read = varintAt(block, at);
      at += read?.size ?? block.length;
      return read?.value ?? 0;
    });
    const [, ownKey = 0, value = 0] = numbers;
    handles.push(handleAt(block, at + ownKey).handle);
    at += ownKey + value;
  }
  return handles;
}
