import { didYouMean } from "../spec/nearest";
import type { Finding, Path } from "../spec/problem";
import type { Settings, Zone } from "../spec/settings";
import { counted, listed } from "../spec/words";
import type { PinnablePod } from "./pins";
import { namesConsenters } from "./zones";

/**
 * Pods that the settings pin to a zone: they must exist, and their zone must have room for them.
 * @param known The pods that may be pinned, by organisation.
 */
export function checkPins({ sites }: Settings, known: ReadonlyMap<string, readonly PinnablePod[]>): Finding[] {
  const roles = new Map([...known.values()].flat().map(({ name, role }) => [name, role]));
  return sites.flatMap((site, place) =>
    site.zones.flatMap((zone, index) => {
      const path: Path = ["sites", place, "zones", index];
      return [
        ...zone.pods.flatMap((pin, rank) => {
          const role = roles.get(pin);
          const at: Path = [...path, "pods", rank];
          return role === undefined
            ? [stranger(pin, known, at)]
            : role !== "orderer" && zone.witness
              ? [idle(pin, role, zone, at)]
              : [];
        }),
        ...(namesConsenters(site.zones) ? crowded(zone, path, roles) : []),
      ];
    }),
  );
}

function stranger(pin: string, known: ReadonlyMap<string, readonly PinnablePod[]>, path: Path): Finding {
  const organisation = pin.split("/")[0] ?? "";
  const names = (pods: readonly PinnablePod[]) => pods.map(({ name }) => name);
  const own = known.get(organisation);
  return {
    document: "settings",
    path,
    found:
      own === undefined ? `${pin}, of no organisation of the network` : `${pin}, which is no pod of ${organisation}`,
    allowed:
      own === undefined
        ? `a peer, ordering node or certificate authority of ${listed([...known.keys()], "or")}`
        : `${listed(names(own), "or")}`,
    fix: `name one that there is, or take it off the list.${didYouMean(pin, names(own ?? [...known.values()].flat()))}`,
  };
}

function idle(pin: string, role: "peer" | "ca", { name }: Zone, path: Path): Finding {
  return {
    document: "settings",
    path,
    found: `${pin}, ${role === "peer" ? "a peer" : "a certificate authority"}, in the witness zone ${name}`,
    allowed: "ordering nodes: a witness runs nothing else",
    fix: `pin it to a full zone, or take \`witness: true\` off ${name}`,
  };
}

/** More pinned ordering nodes than the zone is to have. */
function crowded(zone: Zone, path: Path, roles: ReadonlyMap<string, PinnablePod["role"]>): Finding[] {
  const pinned = zone.pods.filter((pin) => roles.get(pin) === "orderer");
  const room = zone.consenters ?? 0;
  if (pinned.length <= room) return [];
  return [
    {
      document: "settings",
      path: [...path, ...(zone.consenters === undefined ? ["pods"] : ["consenters"])],
      found: `${counted(pinned.length, "ordering node")} pinned to ${zone.name} (${listed(pinned, "and")}) with consenters ${room}`,
      allowed: `no more pinned ordering nodes than \`consenters\` has places: ${room}`,
      fix: `raise \`consenters\` of ${zone.name} to ${pinned.length} and lower another zone's, or pin fewer`,
    },
  ];
}
