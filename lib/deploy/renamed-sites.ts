import { objectKey, type SiteManifests } from "../constructs/manifests";
import type { ClusterFinding } from "./findings";
import type { RecordedObject } from "./recorded";

/**
 * Objects that are recorded under a site that the settings no longer name, and wanted under another one. To Pulumi they
 * are two resources: it makes the new one, which server-side apply turns into the object that stands, and then deletes
 * the old one, which is the same object.
 */
export function renamedSites(
  recorded: readonly RecordedObject[],
  sites: readonly { readonly name: string; readonly manifests: Pick<SiteManifests, "objects"> }[],
): ClusterFinding[] {
  const names = new Set(sites.map(({ name }) => name));
  const left = [...new Set(recorded.map(({ site }) => site))].filter((site) => !names.has(site)).sort();
  return left.flatMap((old) =>
    sites.flatMap(({ name, manifests }) => {
      const desired = new Set(manifests.objects.map(objectKey));
      const own = new Map(recorded.flatMap((one) => (one.site === name ? [[one.key, one.uid] as const] : [])));
      // Recorded under both with two identities they are two objects, in two clusters.
      const both = recorded
        .filter(({ site, key, uid }) => site === old && desired.has(key) && (!own.has(key) || own.get(key) === uid))
        .map(({ key }) => key)
        .sort();
      const [first] = both;
      if (first === undefined) return [];
      return [
        {
          site: name,
          found: `${both.length === 1 ? "an object" : `${both.length} objects`} that the last run made for the site \`${old}\`, which the settings no longer name: ${first}${both.length === 1 ? "" : " and others"}; they would be taken over for \`${name}\` and then deleted for \`${old}\``,
          allowed: `the site's name as it was: \`${old}\``,
          fix: `name the site \`${old}\` again, or \`pulumi destroy\` first (ledgers stay) and then \`pulumi up\``,
        },
      ];
    }),
  );
}
