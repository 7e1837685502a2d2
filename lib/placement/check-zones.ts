import { orderingOrganisations } from "../spec/names";
import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { placeOnSite } from "./place";
import { orderersOf, type Placement } from "./node";
import { raftQuorum, raftTolerance } from "./quorum";
import { fullZones, namesConsenters } from "./zones";

/**
 * The rules of one city: a single cluster, at least two zones that carry everything, and a third that completes the
 * majority; and ordering nodes spread so that any one zone may be lost. Findings carry the arithmetic.
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
  if (findings.length > 0 || consenters === 0) return findings;

  const placed = namesConsenters(site.zones)
    ? site.zones.reduce((sum, zone) => sum + (zone.consenters ?? 0), 0)
    : consenters;
  if (placed !== consenters) {
    return [
      {
        document: "settings",
        path: ["sites", 0, "zones"],
        found: `consenters ${site.zones.map((zone) => `${zone.consenters ?? 0} in ${zone.name}`).join(", ")}: ${placed} in all`,
        allowed: `${consenters} in all, as many as the network file has ordering nodes`,
        fix: "make the numbers add up, or leave `consenters` out and let the zones be filled in turn",
      },
    ];
  }
  return checkMajorities(network, settings, placeOnSite(network, site));
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

/** Losing any one zone must leave a majority of consenters. */
function checkMajorities(network: Network, settings: Settings, placement: Placement): Finding[] {
  const zones = settings.sites[0]?.zones ?? [];
  const orderers = orderersOf(placement);
  const total = orderers.length;
  const quorum = raftQuorum(total);
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
    return [
      {
        document: "settings",
        path: ["sites", 0, "zones", index, ...(named ? ["consenters"] : [])],
        found: `${here} of ${total} consenters in ${zone.name} (${spread.join(" + ")})`,
        allowed: `at most ${raftTolerance(total)}: losing ${zone.name} would leave ${total - here}, and Raft needs ${quorum} of ${total}`,
        fix: named
          ? `spread them, for instance ${suggestedSpread(zones.length, total)}, or leave \`consenters\` out`
          : "add a zone, or let the organisations run fewer ordering nodes each",
      },
    ];
  });
}

/** As even as can be, larger numbers first: 5 over 3 zones is 2 + 2 + 1. */
function suggestedSpread(zones: number, consenters: number): string {
  return Array.from({ length: zones }, (_, index) => Math.ceil((consenters - index) / zones)).join(" + ");
}

function namesOf(zones: readonly { readonly name: string }[]): string {
  return zones.length === 0 ? "none" : zones.map(({ name }) => name).join(", ");
}
