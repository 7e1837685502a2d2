import { varintAt } from "../record";

/**
 * A block that LevelDB compressed (Snappy's `format_description.txt`, without the framing).
 * @throws RangeError if it is no such block.
 */
export function unsnappy(bytes: Uint8Array): Uint8Array {
  const length = varintAt(bytes, 0);
  if (length === undefined || length.value > 64 * bytes.length) throw new RangeError("no length");
  const out = new Uint8Array(length.value);
  let at = length.size;
  let filled = 0;
  const little = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1) value += (bytes[at + index] ?? 0) * 2 ** (8 * index);
    at += count;
    return value;
  };
  while (at < bytes.length) {
    const tag = little(1);
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const count = 1 + (short < 60 ? short : little(short - 59));
      if (at + count > bytes.length || filled + count > out.length) throw new RangeError("too long");
      out.set(bytes.subarray(at, at + count), filled);
      at += count;
      filled += count;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2);
    const back = kind === 1 ? ((tag >>> 5) << 8) + little(1) : little(kind === 2 ? 2 : 4);
    if (back === 0 || back > filled || filled + count > out.length) throw new RangeError("points outside");
    // Byte by byte: a copy may read what it has just written.
    for (let index = 0; index < count; index += 1, filled += 1) out[filled] = out[filled - back] ?? 0;
  }
  if (filled !== out.length) throw new RangeError("too short");
  return out;
}
