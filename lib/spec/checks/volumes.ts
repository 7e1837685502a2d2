import { claimedFirst, claimedFirstClassName, nameOfZone, storageClassName } from "../names";
import type { Network } from "../network";
import type { Finding, Path } from "../problem";
import type { Settings, Site } from "../settings";
import type { CheckFinding } from "./check";

/** Zones for whose volumes nothing would exist (their pods would wait for ever), or nothing of their own. */
export function checkVolumes({ sites }: Settings): CheckFinding[] {
  return sites.flatMap((site, index) => [
    ...classless(site, index),
    ...sharedClasses(site, index),
    ...sharedNames(site, index),
  ]);
}

function classless(site: Site, index: number): CheckFinding[] {
  return site.zones.flatMap((zone, rank): CheckFinding[] =>
    // A witness of three centers has no nodes, and so no volumes.
    zone.storageClass !== undefined || site.storage !== undefined || site.center === "witness"
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
  );
}

/** A class makes the volumes of one zone; two zones with the same would get each other's. */
function sharedClasses({ zones }: Site, index: number): CheckFinding[] {
  return zones.flatMap(({ name, storageClass }, rank): CheckFinding[] => {
    const before = zones.slice(0, rank).find((other) => other.storageClass === storageClass);
    if (storageClass === undefined || before === undefined) return [];
    return [
      {
        document: "settings",
        path: ["sites", index, "zones", rank, "storageClass"],
        found: `the storageClass ${storageClass}, which ${before.name} has too`,
        allowed: "a StorageClass for each zone, whose volumes live in that zone only",
        fix: `Name a class whose allowedTopologies are ${name} alone, or let storage.provisioner make one.`,
      },
    ];
  });
}

/** Zones that come to one name where an object is called after them, or to the name of the class that belongs to none. */
function sharedNames({ zones }: Site, index: number): CheckFinding[] {
  return zones.flatMap((zone, rank): CheckFinding[] => {
    const path: Path = ["sites", index, "zones", rank, "name"];
    const short = nameOfZone(zone);
    if (short === claimedFirst) {
      return [
        {
          document: "settings",
          path,
          found: `a zone called ${zone.name}`,
          allowed: `any other name: <network>-${claimedFirst} is the StorageClass of the claim templates`,
          fix: "Give the zone, and the label of its nodes, another name.",
        },
      ];
    }
    // The same name twice is reported as that, and a class of one's own needs no name from us.
    const before = zones
      .slice(0, rank)
      .find((other) => other.storageClass === undefined && other.name !== zone.name && nameOfZone(other) === short);
    if (zone.storageClass !== undefined || before === undefined) return [];
    return [
      {
        document: "settings",
        path,
        found: `zone ${zone.name} beside ${before.name}, whose StorageClasses would both be called <network>-${short}`,
        allowed: "names that differ in more than case and special characters",
        fix: `Name a storageClass of its own for ${zone.name}.`,
      },
    ];
  });
}

/** A zone whose own StorageClass is called as one that is made for this network. */
export function checkClassNames(network: Network, { sites }: Settings): Finding[] {
  return sites.flatMap(({ zones }, index) => {
    const made = [
      claimedFirstClassName(network),
      ...zones.filter(({ storageClass }) => storageClass === undefined).map((zone) => storageClassName(network, zone)),
    ];
    return zones.flatMap(({ storageClass }, rank): Finding[] =>
      storageClass === undefined || !made.includes(storageClass)
        ? []
        : [
            {
              document: "settings",
              path: ["sites", index, "zones", rank, "storageClass"],
              found: `the storageClass ${storageClass}, which is made for network ${network.name}`,
              allowed: "a StorageClass that exists already",
              fix: "Name another class, or leave storageClass out and have one made.",
            },
          ],
    );
  });
}
