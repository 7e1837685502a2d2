/**
 * Makes the images that a network asks for out of programs of this machine: no registry is asked, and no container engine.
 */
import { dirname, join } from "node:path";
import type { EnsureOptions } from "../toolchain";
import { toolCache } from "../toolchain/cache";
import { authorityImage, fabricImage, type ImageOrMissing, type MissingImage } from "./fabric";
import { type GatewayProgram, gatewayImage } from "./gateway";
import { archiveImage, type ImageArchive } from "./image";
import { infrastructureImages } from "./infrastructure";
import { agentImage, chaincodeImage } from "./node-program";
import { readReadyImages } from "./ready";
import { normalReference } from "./reference";

export type { MissingImage } from "./fabric";
export type { ImageArchive } from "./image";

/** An image that pods name, and what it is made of. References may leave out what container runtimes add. */
export type WantedImage = { readonly reference: string } & (
  | { readonly kind: "peer" | "orderer" | "ca" | GatewayProgram; readonly version: string }
  | { readonly kind: "agent" | "couchdb" }
  /** `folder` is a package of this checkout. */
  | { readonly kind: "chaincode"; readonly folder: string }
);

/** What can be had, and what cannot. */
export interface PreparedImages {
  /** Whole references, each with its archive. */
  readonly archives: readonly ImageArchive[];
  readonly missing: readonly MissingImage[];
}

/** Where a person puts archives of images that cannot be made here: every `*.tar` in it is taken. */
export const readyFolder = (env: NodeJS.ProcessEnv = process.env): string => join(dirname(toolCache(env)), "images");

/**
 * What every node needs, whatever runs on it, and the images that a person has put into {@link readyFolder}.
 * @throws ToolchainError where a program cannot be built; SandboxError where a ready archive is none.
 */
export async function prepareNodeImages(options: EnsureOptions = {}): Promise<readonly ImageArchive[]> {
  const env = options.env ?? process.env;
  const ready = await readyArchives(env);
  const images = await infrastructureImages(options);
  return [...(await Promise.all(images.map((image) => archiveImage(image, env)))), ...ready];
}

/**
 * Makes what is wanted and gives an archive of each image; what was made before from the same content is not made again.
 * A ready image of the same name goes before one that would be made.
 * @throws ToolchainError where a program cannot be built; SandboxError where a chaincode does not compile, or a ready
 * archive is none.
 */
export async function prepareImages(
  wanted: readonly WantedImage[],
  options: EnsureOptions = {},
): Promise<PreparedImages> {
  const env = options.env ?? process.env;
  const ready = new Map((await readyArchives(env)).map((one) => [one.reference, one]));
  const asked = new Map(wanted.map((one) => [normalReference(one.reference), one]));
  const archives: ImageArchive[] = [];
  const missing: MissingImage[] = [];
  // One after the other: what has to be built uses every core by itself, and its progress is told line by line.
  for (const [reference, one] of asked) {
    const there = ready.get(reference);
    const result = there ? undefined : await imageOf(one, reference, options);
    if (there) archives.push(there);
    else if (result && "image" in result) archives.push(await archiveImage(result.image, env));
    else if (result) missing.push(result.missing);
  }
  return { archives, missing };
}

async function readyArchives(env: NodeJS.ProcessEnv): Promise<ImageArchive[]> {
  const ready = await readReadyImages(readyFolder(env));
  return ready.flatMap(({ archive, references }) => references.map((reference) => ({ reference, archive })));
}

async function imageOf(wanted: WantedImage, reference: string, options: EnsureOptions): Promise<ImageOrMissing> {
  const env = options.env ?? process.env;
  if (reference.includes("@")) {
    return notHere(reference, env, "it is pinned by its digest, which no image made here can have");
  }
  switch (wanted.kind) {
    case "peer":
    case "orderer":
      return fabricImage(wanted.kind, wanted.version, reference, env);
    case "ca":
      return authorityImage(wanted.version, reference, options);
    case "envoy":
    case "haproxy":
      return gatewayImage(wanted.kind, wanted.version, reference, options);
    case "agent":
      return { image: await agentImage(reference) };
    case "chaincode":
      return { image: await chaincodeImage(reference, wanted.folder, env) };
    case "couchdb":
      return notHere(reference, env, "CouchDB is not built here: it is neither on a registry of packages nor in Go");
  }
}

function notHere(reference: string, env: NodeJS.ProcessEnv, reason: string): ImageOrMissing {
  const name = (reference.split("@")[0] ?? reference).replace(/^.*\//, "").replace(/:.*$/, "");
  const fix = `where Docker is: docker pull ${reference} && docker save --output ${name}.tar ${reference}; then put that file into ${readyFolder(env)}`;
  return { missing: { reference, reason, fix } };
}
