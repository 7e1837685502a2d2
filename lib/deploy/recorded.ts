import { getStack, runtime } from "@pulumi/pulumi";

/**
 * What Pulumi's state holds of a site, as keys of objects. An engine that is asked nothing else believes its state: in
 * a cluster that was made anew, or where somebody deleted objects, it reports "unchanged" and makes nothing.
 *
 * Reads the stack's own last checkpoint through the engine; empty where there is none, and where nothing answers as an
 * engine does (recorded previews).
 */
export async function recordedObjects(site: string): Promise<ReadonlySet<string>> {
  const stackName = getStack();
  const answer: unknown = await runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const outputs = (answer as { outputs?: Readonly<Record<string, unknown>> } | undefined)?.outputs ?? {};
  return new Set(Object.keys(outputs).flatMap((urn) => keyOf(urn, site) ?? []));
}

/** The key in `urn:pulumi:<stack>::<project>::<types>$kubernetes:…::<site>:<key>`, for objects of this site. */
export function keyOf(urn: string, site: string): string | undefined {
  const [, , types = "", ...name] = urn.split("::");
  const full = name.join("::");
  return /\$kubernetes:[^$]*$/.test(types) && full.startsWith(`${site}:`) ? full.slice(site.length + 1) : undefined;
}
