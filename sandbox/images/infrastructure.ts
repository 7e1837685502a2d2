/** Images that the nodes themselves need: the first process of every pod, and the cluster's DNS. */
import { ensurePrograms, type EnsureOptions } from "../toolchain";
import { programs } from "../toolchain/programs";
import { addProgram, emptyBase } from "./base";
import { type Image, searchPath } from "./image";

/** What containerd's `sandbox_image` names. */
export const pauseReference = `docker.io/fabric-topologies/pause:${programs.pause.version}`;

/** What the DNS of a cluster runs. */
export const corednsReference = `docker.io/fabric-topologies/coredns:${programs.coredns.version}`;

/** The images that every zone has, whatever runs in it. */
export async function infrastructureImages(options: EnsureOptions = {}): Promise<Image[]> {
  const built = await ensurePrograms(["pause", "coredns"], options);
  return Promise.all([
    single(pauseReference, "pause", built.pause),
    single(corednsReference, "coredns", built.coredns),
  ]);
}

async function single(reference: string, name: string, file: string): Promise<Image> {
  const root = emptyBase();
  await addProgram(root, `/usr/local/bin/${name}`, file);
  return { reference, root, defaults: { environment: { PATH: searchPath }, entrypoint: [`/usr/local/bin/${name}`] } };
}
