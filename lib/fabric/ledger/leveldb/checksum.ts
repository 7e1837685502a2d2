/** Castagnoli's polynomial, bits reversed (RFC 3720, appendix B.4). */
const polynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
});

/** CRC-32C over several pieces one after the other, by which LevelDB guards what it writes. */
export function crc32c(...pieces: readonly Uint8Array[]): number {
  let sum = 0xffffffff;
  for (const piece of pieces) for (const byte of piece) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}

const maskDelta = 0xa282ead8;

/** The sum as LevelDB stores it: turned and shifted, as sums of sums guard badly (LevelDB `util/crc32c.h`). */
export function maskedCrc32c(...pieces: readonly Uint8Array[]): number {
  const sum = crc32c(...pieces);
  return (((sum >>> 15) | (sum << 17)) + maskDelta) >>> 0;
}
