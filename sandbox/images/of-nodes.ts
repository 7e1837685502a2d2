/** The images that a sandbox with real nodes starts with. */
import type { Progress } from "../toolchain";
import type { ImageArchive } from "./image";

/**
 * What every node needs, the images that a person has put there, and those that are asked for; of two with one name the
 * one that is asked for.
 */
export async function imagesOfNodes(
  asked: readonly ImageArchive[] = [],
  progress?: (event: Progress) => void,
): Promise<ImageArchive[]> {
  // Only here: it brings a bundler along.
  const { prepareNodeImages } = await import("./prepare");
  const own = await prepareNodeImages(progress ? { progress } : {});
  return [...new Map([...own, ...asked].map((image) => [image.reference, image])).values()];
}
