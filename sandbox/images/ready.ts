/** Archives that a person has put into a folder: images that cannot be made here. */
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SandboxError } from "../errors";
import { normalReference } from "./reference";

/** An archive, and the whole names of the images in it. */
export interface ReadyImages {
  readonly archive: string;
  readonly references: readonly string[];
}

const manifest = z.array(z.object({ RepoTags: z.array(z.string()).nullish() }));

/**
 * Every `*.tar` of a folder; none where there is no such folder.
 * @throws SandboxError for a file that is no archive of named images.
 */
export async function readReadyImages(folder: string): Promise<ReadyImages[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".tar")).sort();
  return Promise.all(names.map(async (name) => readReady(join(folder, name))));
}

async function readReady(archive: string): Promise<ReadyImages> {
  const text = await memberOf(archive, "manifest.json").catch(() => undefined);
  const parsed = text === undefined ? undefined : manifest.safeParse(parseJson(text));
  const references = parsed?.data?.flatMap(({ RepoTags }) => RepoTags ?? []).map(normalReference) ?? [];
  if (references.length === 0) {
    throw new SandboxError(
      `${archive} is not an archive of named images`,
      "make it with `docker save --output FILE NAME:TAG`, not compressed, or take it out of that folder",
    );
  }
  return { archive, references };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of one file in a tar archive, read without the rest; undefined where it is not there. */
async function memberOf(archive: string, member: string): Promise<string | undefined> {
  const handle = await open(archive);
  try {
    for (let offset = 0; ;) {
      const header = await readAt(handle, offset, 512);
      if (header.length < 512 || header[0] === 0) return undefined;
      const name = header.toString("utf8", 0, 100).replace(/\0.*$/s, "");
      const size = Number.parseInt(header.toString("latin1", 124, 135), 8);
      if (!Number.isSafeInteger(size)) return undefined;
      if (name === member) return (await readAt(handle, offset + 512, size)).toString("utf8");
      offset += 512 + Math.ceil(size / 512) * 512;
    }
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
