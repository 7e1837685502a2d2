import { output, runtime, unknown } from "@pulumi/pulumi";
import { publishedOn, type KubeObject } from "../../constructs/manifests";
import { bundleOf, type MspFiles } from "../../fabric/msp-bundle";
import { withField } from "../fields";

/**
 * What an organisation's authorities have published on a site: the ConfigMap `msp` of its namespace there. With patience it
 * is waited for, else undefined where there is none yet.
 */
export type Published = (site: string, namespace: string, patience: "wait" | "now") => Promise<MspFiles | undefined>;

/**
 * An object with what other sites publish filled in, where it is there for that. It becomes known when their authorities
 * have been made, in the same run: those who read it wait for it, and nobody waits the other way round.
 *
 * @param published Asks the sites; absent in a recording, which asks nobody.
 */
export function withPublished(object: KubeObject, published: Published | undefined): KubeObject {
  const sites = object.metadata.annotations?.[publishedOn]?.split(",");
  if (sites === undefined || published === undefined) return object;
  return withField(object, ["data"], output(bundled(object, sites, published))) as unknown as KubeObject;
}

async function bundled({ metadata }: KubeObject, sites: readonly string[], published: Published): Promise<unknown> {
  const patience = runtime.isDryRun() ? "now" : "wait";
  const found = await Promise.all(
    sites.map(async (site) => [site, await published(site, metadata.namespace ?? "", patience)] as const),
  );
  const there = found.flatMap(([site, files]) => (files === undefined ? [] : [[site, files] as const]));
  if (there.length < sites.length && runtime.isDryRun()) return unknown;
  return bundleOf(new Map(there)) ?? {};
}
