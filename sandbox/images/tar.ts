/**
 * Writes tar archives (POSIX.1-1988 "ustar", and "pax" headers for names that do not fit) that depend on nothing but the
 * entries: no times, no names of users, no order but the one given.
 */

/** What an entry is; `size` is in bytes. */
export type TarEntry =
  | { readonly kind: "folder"; readonly path: string; readonly mode: number }
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly size: number }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

const block = 512;

/** Type flags of ustar. */
const typeFlag = { file: "0", link: "2", folder: "5", pax: "x" } as const;

/** The header of an entry; the content of a file follows, and {@link padding}. */
export function tarHeader(entry: TarEntry): Buffer {
  const path = entry.kind === "folder" ? `${entry.path}/` : entry.path;
  const target = entry.kind === "link" ? entry.target : "";
  const name = splitName(path);
  const fits = name !== undefined && Buffer.byteLength(target) <= 100;
  return Buffer.concat([
    ...(fits ? [] : [paxHeader({ ...(name ? {} : { path }), ...(target ? { linkpath: target } : {}) })]),
    header({
      ...(name ?? { prefix: "", name: cut(path) }),
      target: cut(target),
      mode: entry.kind === "link" ? 0o777 : entry.mode,
      size: entry.kind === "file" ? entry.size : 0,
      type: typeFlag[entry.kind],
    }),
  ]);
}

/** The zeros after a content of that many bytes. */
export function padding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

/** The end of every archive: two empty blocks. */
export const tarEnd: Buffer = Buffer.alloc(2 * block);

/** How many bytes an archive of these entries has. */
export function tarSize(entries: Iterable<TarEntry>): number {
  let size = tarEnd.length;
  for (const entry of entries) {
    size += tarHeader(entry).length;
    if (entry.kind === "file") size += entry.size + padding(entry.size).length;
  }
  return size;
}

interface HeaderFields {
  readonly prefix: string;
  readonly name: string;
  readonly target: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

/** Owner is root, time is 1970: an image says nothing about the machine that made it. */
function header({ prefix, name, target, mode, size, type }: HeaderFields): Buffer {
  const buffer = Buffer.alloc(block);
  buffer.write(name, 0, 100);
  buffer.write(octal(mode, 8), 100);
  buffer.write(octal(0, 8), 108);
  buffer.write(octal(0, 8), 116);
  buffer.write(octal(size, 12), 124);
  buffer.write(octal(0, 12), 136);
  buffer.write(" ".repeat(8), 148);
  buffer.write(type, 156);
  buffer.write(target, 157, 100);
  buffer.write("ustar\u000000", 257);
  buffer.write(prefix, 345, 155);
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${octal(sum, 7)}\u0000 `, 148);
  return buffer;
}

const octal = (value: number, length: number): string => value.toString(8).padStart(length - 1, "0");

/** The first bytes of a name that a pax header gives in full. */
const cut = (text: string): string => Buffer.from(text).subarray(0, 100).toString("latin1");

/** A path over the two fields of a header, or undefined where it does not fit. */
function splitName(path: string): { prefix: string; name: string } | undefined {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (name !== "" && Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  return undefined;
}

/** The records of a pax header: `<length of this line> <key>=<value>\n`. */
function paxHeader(records: Readonly<Record<string, string>>): Buffer {
  const content = Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
  const own = { prefix: "", name: "pax", target: "", mode: 0o644, size: content.length, type: typeFlag.pax };
  return Buffer.concat([header(own), content, padding(content.length)]);
}

function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  // The length counts its own digits.
  let length = Buffer.byteLength(rest);
  while (length !== Buffer.byteLength(`${length}${rest}`)) length = Buffer.byteLength(`${length}${rest}`);
  return Buffer.from(`${length}${rest}`);
}
