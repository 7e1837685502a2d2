import { crc32 } from "node:zlib";

/** A file of an archive: its name, without folders, and what is in it. */
export interface ArchiveFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * A `.tar.gz` that is the same for the same files, byte for byte, on every machine and with every version of Node.
 *
 * The files have no owner and no time. They are stored, not compressed: what zlib makes of a text depends on its version
 * and even on the processor, and the hash of these bytes names things that must not be renamed by an upgrade of Node.
 */
export function storedArchive(files: readonly ArchiveFile[]): Uint8Array {
  return gzipStored(tar(files));
}

const block = 512;
/** The longest name in the old header, which is all that we need. */
const longestName = 100;

/** Regular files in the POSIX format `ustar`, in the order given (POSIX.1-2017, `pax`, "ustar Interchange Format"). */
function tar(files: readonly ArchiveFile[]): Buffer {
  const entries = files.flatMap(({ name, content }) => [
    header(name, content.length),
    content,
    Buffer.alloc(-content.length & (block - 1)),
  ]);
  return Buffer.concat([...entries, Buffer.alloc(2 * block)]);
}

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > longestName) throw new RangeError(`"${name}" is too long for an archive`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, offset: number, width: number) =>
    bytes.write(`${value.toString(8).padStart(width - 1, "0")}\0`, offset, "ascii");
  bytes.write(name, 0);
  octal(0o644, 100, 8); // mode
  octal(0, 108, 8); // owner
  octal(0, 116, 8); // group
  octal(size, 124, 12);
  octal(0, 136, 12); // time of the last change
  bytes.write(" ".repeat(8), 148); // the sum is made with blanks in its own place
  bytes.write("0ustar\x0000", 156, "ascii"); // a regular file
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return bytes;
}

/** The longest part that deflate can store. */
const longestPart = 0xffff;

/** A gzip file of one member whose parts are all stored (RFC 1952; RFC 1951, 3.2.4). */
function gzipStored(content: Uint8Array): Uint8Array {
  // No time; written on an unknown system.
  const parts: Uint8Array[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let start = 0; start === 0 || start < content.length; start += longestPart) {
    const part = content.subarray(start, start + longestPart);
    const head = Buffer.alloc(5);
    head.writeUInt8(start + longestPart >= content.length ? 1 : 0, 0);
    head.writeUInt16LE(part.length, 1);
    head.writeUInt16LE(~part.length & 0xffff, 3);
    parts.push(head, part);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(content), 0);
  tail.writeUInt32LE(content.length >>> 0, 4);
  return Buffer.concat([...parts, tail]);
}
