import type { Settings } from "../settings";
import type { CheckFinding } from "./check";

/** Zones for whose volumes nothing would exist: their pods would wait for ever. */
export function checkVolumes({ sites }: Settings): CheckFinding[] {
  return sites.flatMap((site, index) =>
    site.zones.flatMap((zone, rank): CheckFinding[] =>
      zone.storageClass !== undefined || site.storage !== undefined
        ? []
        : [
            {
              document: "settings",
              path: ["sites", index, "zones", rank],
              found: `zone ${zone.name} with no storageClass, in a site with no storage`,
              allowed: "a storageClass for the zone, or storage.provisioner for the site to make one from",
              fix: `Add storageClass to ${zone.name}, or storage to ${site.name}.`,
              assumes: [
                ["sites", index, "storage", "*"],
                ["sites", index, "zones", rank, "storageClass"],
              ],
            },
          ],
    ),
  );
}
