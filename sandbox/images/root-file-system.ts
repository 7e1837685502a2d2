import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { posix } from "node:path";
import type { TarEntry } from "./tar";

/** Where a file's bytes come from: a file of this machine, or text of ours. */
type Content = { readonly file: string } | { readonly text: string | Uint8Array };

type Node =
  | { readonly kind: "folder"; readonly mode: number }
  | { readonly kind: "file"; readonly mode: number; readonly content: Content }
  | { readonly kind: "link"; readonly target: string };

/** One file, folder or link of an image, its content ready to be read. */
export interface ImageEntry {
  readonly entry: TarEntry;
  /** Of a file only. */
  readonly content?: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * The root file system of an image: absolute paths to what is there. Folders above a path come by themselves, readable
 * for everybody; what is put twice is the last one.
 */
export class RootFileSystem {
  private readonly nodes = new Map<string, Node>();

  /** A file with the content of a file of this machine; links are followed. */
  copy(path: string, file: string, mode = 0o755): this {
    return this.put(path, { kind: "file", mode, content: { file } });
  }

  /** A file with this content. */
  write(path: string, text: string | Uint8Array, mode = 0o644): this {
    return this.put(path, { kind: "file", mode, content: { text } });
  }

  /** A folder; `0o1777` for one that everybody may write to. */
  folder(path: string, mode = 0o755): this {
    return this.put(path, { kind: "folder", mode });
  }

  /** A symbolic link. */
  link(path: string, target: string): this {
    return this.put(path, { kind: "link", target });
  }

  /** Everything, in the order of the paths: a folder before what is in it. */
  async entries(): Promise<ImageEntry[]> {
    const sorted = [...this.nodes].sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.all(sorted.map(([path, node]) => imageEntry(path.slice(1), node)));
  }

  private put(path: string, node: Node): this {
    const normal = posix.normalize(path);
    if (!posix.isAbsolute(path) || normal !== path || path === "/")
      throw new RangeError(`not a path of an image: ${path}`);
    for (let above = posix.dirname(path); above !== "/"; above = posix.dirname(above)) {
      const there = this.nodes.get(above);
      if (!there) this.nodes.set(above, { kind: "folder", mode: 0o755 });
      else if (there.kind !== "folder") throw new RangeError(`${path}: ${above} is no folder in the image`);
    }
    this.nodes.set(path, node);
    return this;
  }
}

async function imageEntry(path: string, node: Node): Promise<ImageEntry> {
  if (node.kind !== "file") return { entry: { ...node, path } };
  const { content, mode } = node;
  if ("file" in content) {
    const { size } = await stat(content.file);
    return { entry: { kind: "file", path, mode, size }, content: () => createReadStream(content.file) };
  }
  const bytes = Buffer.from(content.text);
  return { entry: { kind: "file", path, mode, size: bytes.length }, content: () => [bytes] };
}

/** A digest of everything that the entries put into an image. */
export async function digestOf(entries: readonly ImageEntry[]): Promise<Hash> {
  const digest = createHash("sha256");
  for (const { entry, content } of entries) {
    digest.update(`${JSON.stringify(entry)}\n`);
    for await (const chunk of content?.() ?? []) digest.update(chunk);
  }
  return digest;
}
