/**
 * Images as `docker save` writes them: one layer, a configuration, `manifest.json`. Every container runtime imports these;
 * to make one needs no container engine.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ImageEntry } from "./root-file-system";
import { padding, tarEnd, type TarEntry, tarHeader, tarSize } from "./tar";

/** What a container of the image runs, where its pod says nothing else. */
export interface ImageDefaults {
  /** `NAME=value`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingFolder?: string;
  /** `uid` or `uid:gid`. */
  readonly user?: string;
}

/** The fields of the image specification (OCI image-spec, config.md), as Docker writes them. */
function imageConfiguration(defaults: ImageDefaults, layerDigest: string, architecture: string): string {
  return JSON.stringify({
    architecture,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: {
      Env: Object.entries(defaults.environment).map(([name, value]) => `${name}=${value}`),
      ...(defaults.entrypoint ? { Entrypoint: defaults.entrypoint } : {}),
      ...(defaults.command ? { Cmd: defaults.command } : {}),
      ...(defaults.workingFolder ? { WorkingDir: defaults.workingFolder } : {}),
      ...(defaults.user ? { User: defaults.user } : {}),
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "fabric-topologies" }],
  });
}

/** The architecture of this machine, as images name it. */
export function imageArchitecture(arch: string = process.arch): string {
  return arch === "x64" ? "amd64" : arch;
}

/**
 * Writes an archive in one pass; the same entries give the same bytes.
 *
 * @param reference The whole name, registry and tag included: container runtimes do not complete the names of archives
 * all in the same way.
 */
export async function writeDockerArchive(
  file: string,
  reference: string,
  layer: readonly ImageEntry[],
  defaults: ImageDefaults,
): Promise<void> {
  await pipeline(Readable.from(archive(reference, layer, defaults)), createWriteStream(file));
}

async function* archive(reference: string, layer: readonly ImageEntry[], defaults: ImageDefaults) {
  const digest = createHash("sha256");
  const size = tarSize(layer.map(({ entry }) => entry));
  yield tarHeader({ kind: "file", path: "layer.tar", mode: 0o644, size });
  for await (const chunk of layerBytes(layer)) {
    digest.update(chunk);
    yield chunk;
  }
  yield padding(size);
  const configuration = imageConfiguration(defaults, digest.digest("hex"), imageArchitecture());
  const configurationFile = `${createHash("sha256").update(configuration).digest("hex")}.json`;
  yield* textFile(configurationFile, configuration);
  const manifest = [{ Config: configurationFile, RepoTags: [reference], Layers: ["layer.tar"] }];
  yield* textFile("manifest.json", JSON.stringify(manifest));
  yield tarEnd;
}

async function* layerBytes(layer: readonly ImageEntry[]): AsyncGenerator<Uint8Array> {
  for (const { entry, content } of layer) {
    yield tarHeader(entry);
    if (entry.kind !== "file") continue;
    let written = 0;
    for await (const chunk of content?.() ?? []) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== entry.size) throw changed(entry, written);
    yield padding(entry.size);
  }
  yield tarEnd;
}

const changed = (entry: TarEntry & { readonly size: number }, written: number) =>
  new Error(`${entry.path} changed from ${entry.size} to ${written} bytes while it was read`);

function* textFile(path: string, text: string): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  yield tarHeader({ kind: "file", path, mode: 0o644, size: bytes.length });
  yield bytes;
  yield padding(bytes.length);
}
