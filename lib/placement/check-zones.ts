import { orderingOrganisations } from "../spec/names";
import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings, Zone } from "../spec/settings";
import { orderersOf, type Placement } from "./node";
import { pinName, pinnedZones } from "./pins";
import { raftQuorum, raftTolerance } from "./quorum";
import { fullZones, namesConsenters } from "./zones";

/**
 * The rules of one city: a single cluster, at least two zones that carry everything, and a third that completes the
 * majority. Findings carry the arithmetic.
 */
export function checkZones(network: Network, settings: Settings): Finding[] {
  const [site, second] = settings.sites;
  if (site === undefined) return [];
  const findings: Finding[] = [];
  const consenters = orderingOrganisations(network).reduce((sum, { orderers }) => sum + orderers.nodes, 0);
  if (second !== undefined) {
    findings.push({
      document: "settings",
      path: ["sites", 1],
      found: `${settings.sites.length} sites (${settings.sites.map(({ name }) => name).join(", ")})`,
      allowed: "one site: dual-active is one cluster over the zones of one city",
      fix: "keep one site and name its zones",
    });
  }
  const full = fullZones(site.zones);
  if (full.length < 2) {
    findings.push({
      document: "settings",
      path: ["sites", 0, "zones"],
      found: `${full.length} full ${full.length === 1 ? "zone" : "zones"} (${namesOf(full)})`,
      allowed: "at least two zones that are not witnesses: with one, its loss takes every peer",
      fix: "name a second zone, or take `witness: true` off one of these",
    });
  } else if (site.zones.length < 3) {
    findings.push(
      twoZones(
        site.zones.map(({ name }) => name),
        consenters,
      ),
    );
  }
  return findings.length > 0 || consenters === 0 ? findings : checkSum(site.zones, consenters);
}

/** Numbers per zone from the settings must make up the number of ordering nodes. */
function checkSum(zones: readonly Zone[], consenters: number): Finding[] {
  const placed = zones.reduce((sum, zone) => sum + (zone.consenters ?? 0), 0);
  if (!namesConsenters(zones) || placed === consenters) return [];
  return [
    {
      document: "settings",
      path: ["sites", 0, "zones"],
      found: `consenters ${zones.map((zone) => `${zone.consenters ?? 0} in ${zone.name}`).join(", ")}: ${placed} in all`,
      allowed: `${consenters} in all, as many as the network file has ordering nodes`,
      fix: "make the numbers add up, or leave `consenters` out and let the zones be filled in turn",
    },
  ];
}

/** Two zones: one of them holds at least half of any number of consenters, and losing that one ends the majority. */
function twoZones(names: readonly string[], consenters: number): Finding {
  const larger = Math.ceil(consenters / 2);
  return {
    document: "settings",
    path: ["sites", 0, "zones"],
    found: `two zones only (${names.join(", ")})`,
    allowed: `three: of ${consenters} consenters one of two zones holds at least ${larger}, losing it leaves ${consenters - larger}, and Raft needs ${raftQuorum(consenters)}`,
    fix: "add a small third zone with `witness: true`; it runs one ordering node and nothing else",
  };
}

/** Losing any one zone must leave a majority of consenters. A network without any is refused elsewhere. */
export function checkMajorities(settings: Settings, placement: Placement): Finding[] {
  const zones = settings.sites[0]?.zones ?? [];
  const { network } = placement;
  const orderers = orderersOf(placement);
  const total = orderers.length;
  const quorum = raftQuorum(total);
  if (total === 0) return [];
  if (raftTolerance(total) === 0) {
    const rank = network.organisations.findIndex(({ orderers: group }) => group !== undefined);
    return [
      {
        document: "network",
        path: ["organisations", rank, "orderers", "nodes"],
        found: `${total} ordering ${total === 1 ? "node" : "nodes"} in all`,
        allowed: `3 or more: with ${total}, Raft needs ${quorum}, so none may be lost, and a zone's loss takes at least one`,
        fix: "run 3 ordering nodes, or 5 to keep slack during maintenance",
      },
    ];
  }
  const spread = zones.map(({ name }) => orderers.filter(({ zone }) => zone === name).length);
  return zones.flatMap((zone, index): Finding[] => {
    const here = spread[index] ?? 0;
    if (total - here >= quorum) return [];
    const named = zone.consenters !== undefined;
    const pins = pinnedZones([zone]);
    const pinned = orderers.filter(({ organisation, pod }) => pins.has(pinName(organisation, pod))).length;
    const crowded = pinned > raftTolerance(total);
    return [
      {
        document: "settings",
        path: ["sites", 0, "zones", index, ...(crowded ? ["pods"] : named ? ["consenters"] : [])],
        found: `${here} of ${total} consenters in ${zone.name} (${spread.join(" + ")})`,
        allowed: `at most ${raftTolerance(total)}: losing ${zone.name} would leave ${total - here}, and Raft needs ${quorum} of ${total}`,
        fix: crowded
          ? `\`pods\` pins ${pinned} of them there: pin fewer, or run ${2 * pinned + 1} ordering nodes, the new ones in other zones`
          : majorityFix(zones, total, named),
      },
    ];
  });
}

/** How to get a majority out of every zone, without moving who has a ledger. */
function majorityFix(zones: readonly Zone[], total: number, named: boolean): string {
  const stay = "; `pods` keeps those where they are that hold a ledger already";
  if (Math.ceil(total / zones.length) > raftTolerance(total)) {
    return `add a zone, or run ${total + 1} ordering nodes${named ? " and leave `consenters` out" : ""}${stay}`;
  }
  const even = suggestedSpread(zones.length, total);
  return named
    ? `spread them, for instance ${even}, or leave \`consenters\` out${stay}`
    : `say \`consenters\` of each zone, for instance ${even}${stay}`;
}

/** As even as can be, larger numbers first: 5 over 3 zones is 2 + 2 + 1. */
function suggestedSpread(zones: number, consenters: number): string {
  return Array.from({ length: zones }, (_, index) => Math.ceil((consenters - index) / zones)).join(" + ");
}

function namesOf(zones: readonly { readonly name: string }[]): string {
  return zones.length === 0 ? "none" : zones.map(({ name }) => name).join(", ");
}
