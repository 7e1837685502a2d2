import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { toolCache } from "../toolchain/cache";
import { withLock } from "../toolchain/lock";
import { imageArchitecture, type ImageDefaults, writeDockerArchive } from "./docker-archive";
import { digestOf, type RootFileSystem } from "./root-file-system";

/** An image that can be made here. */
export interface Image {
  /** Registry, repository and tag, in full: `docker.io/hyperledger/fabric-peer:3.1.5`. */
  readonly reference: string;
  readonly root: RootFileSystem;
  readonly defaults: ImageDefaults;
}

/** An image as a file: a docker-archive that holds it under this reference. */
export interface ImageArchive {
  readonly reference: string;
  readonly archive: string;
}

/** Part of every digest: raise it when the same entries make another archive. */
const format = "1";

/** How long an archive that no one asks for any more stays, in milliseconds: another process may be importing it. */
const keep = 3_600_000;

/** Where `command` is looked for in images that are made here. */
export const searchPath = "/usr/local/bin:/usr/bin";

/** Makes the archive of an image, or gives the one that was made from the very same content before. */
export async function archiveImage(image: Image, env: NodeJS.ProcessEnv = process.env): Promise<ImageArchive> {
  const { reference, root, defaults } = image;
  const entries = await root.entries();
  const digest = await digestOf(entries);
  digest.update(JSON.stringify([format, reference, defaults, imageArchitecture()]));
  const folder = join(toolCache(env), "images");
  const name = reference.replaceAll(/[/:]/g, "_");
  const archive = join(folder, `${name}-${digest.digest("hex").slice(0, 16)}.tar`);
  await mkdir(folder, { recursive: true });
  await withLock(`${archive}.lock`, {}, async () => {
    if (await isFile(archive)) return;
    const partial = `${archive}.partial`;
    await writeDockerArchive(partial, reference, entries, defaults);
    // Its name promises its content, also after a power cut.
    const handle = await open(partial);
    await handle.sync().finally(() => handle.close());
    await rename(partial, archive);
    await removeEarlier(folder, name, archive);
  });
  return { reference, archive };
}

/** Archives of the same image that were made from other content, long enough ago. */
async function removeEarlier(folder: string, name: string, current: string): Promise<void> {
  for (const file of await readdir(folder)) {
    const path = join(folder, file);
    if (path === current || !isArchiveOf(name, file)) continue;
    const made = await stat(path).catch(() => undefined);
    if (made && Date.now() - made.mtimeMs > keep) await rm(path, { force: true });
  }
}

const isArchiveOf = (name: string, file: string): boolean =>
  file.startsWith(`${name}-`) && /^[0-9a-f]{16}\.tar(\.partial)?$/.test(file.slice(name.length + 1));

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
