import { orderingOrganisations } from "../spec/names";
import type { Network } from "../spec/network";
import type { Finding, Path } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { zonesAsDomains, type Domain } from "./domain";
import { remainsAfter } from "./failure";
import { orderersOf, type Placement } from "./node";
import { pinName } from "./pins";
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
  if (settings.federation !== undefined) {
    findings.push({
      document: "settings",
      path: ["federation"],
      found: "a federation",
      allowed: "none: dual-active is one cluster, and nobody has to bring objects to others",
      fix: "take `federation` out, or choose topology federated",
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
  return findings.length > 0 || consenters === 0
    ? findings
    : checkSum(zonesAsDomains(site), ["sites", 0, "zones"], consenters);
}

/** Numbers per domain from the settings must make up the number of ordering nodes. */
export function checkSum(zones: readonly Domain[], path: Path, consenters: number): Finding[] {
  const placed = zones.reduce((sum, zone) => sum + (zone.consenters ?? 0), 0);
  if (!namesConsenters(zones) || placed === consenters) return [];
  return [
    {
      document: "settings",
      path,
      found: `consenters ${zones.map((zone) => `${zone.consenters ?? 0} in ${zone.name}`).join(", ")}: ${placed} in all`,
      allowed: `${consenters} in all, as many as the network file has ordering nodes`,
      fix: "make the numbers add up, or leave `consenters` out and let them be filled in turn",
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

/** Losing any one domain must leave a majority of consenters. A network without any is refused elsewhere. */
export function checkMajorities(placement: Placement, domains: readonly Domain[]): Finding[] {
  const { network } = placement;
  const kind = domains[0]?.kind ?? "zone";
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
        allowed: `3 or more: with ${total}, Raft needs ${quorum}, so none may be lost, and a ${kind}'s loss takes at least one`,
        fix: "run 3 ordering nodes, or 5 to keep slack during maintenance",
      },
    ];
  }
  const spread = domains.map(({ loss }) => {
    const { alive } = remainsAfter(loss);
    return orderers.filter((orderer) => !alive(orderer)).length;
  });
  return domains.flatMap((zone, index): Finding[] => {
    const here = spread[index] ?? 0;
    if (total - here >= quorum) return [];
    const named = zone.consenters !== undefined;
    const pinned = orderers.filter(({ organisation, pod }) => zone.pods.includes(pinName(organisation, pod))).length;
    const crowded = pinned > raftTolerance(total);
    return [
      {
        document: "settings",
        path: [...zone.path, ...within(zone, crowded ? "pods" : named ? "consenters" : undefined)],
        found: `${here} of ${total} consenters in ${zone.name} (${spread.join(" + ")})`,
        allowed: `at most ${raftTolerance(total)}: losing ${zone.name} would leave ${total - here}, and Raft needs ${quorum} of ${total}`,
        fix: crowded
          ? `\`pods\` pins ${pinned} of them there: pin fewer, or run ${2 * pinned + 1} ordering nodes, the new ones in other zones`
          : majorityFix(domains, total, named),
      },
    ];
  });
}

/** How to get a majority out of every zone, without moving who has a ledger. */
function majorityFix(zones: readonly Domain[], total: number, named: boolean): string {
  const stay = "; `pods` keeps those where they are that hold a ledger already";
  if (Math.ceil(total / zones.length) > raftTolerance(total)) {
    return `add a ${zones[0]?.kind ?? "zone"}, or run ${total + 1} ordering nodes${named ? " and leave `consenters` out" : ""}${stay}`;
  }
  const even = suggestedSpread(zones.length, total);
  return named
    ? `spread them, for instance ${even}, or leave \`consenters\` out${stay}`
    : `say \`consenters\` of each ${zones[0]?.kind === "site" ? "site's zones" : "zone"}, for instance ${even}${stay}`;
}

/** The setting in a domain that a finding is about. A site has it in its zones. */
function within({ kind }: Domain, setting: "pods" | "consenters" | undefined): Path {
  return setting === undefined ? [] : kind === "site" ? ["zones"] : [setting];
}

/** As even as can be, larger numbers first: 5 over 3 zones is 2 + 2 + 1. */
function suggestedSpread(zones: number, consenters: number): string {
  return Array.from({ length: zones }, (_, index) => Math.ceil((consenters - index) / zones)).join(" + ");
}

function namesOf(zones: readonly { readonly name: string }[]): string {
  return zones.length === 0 ? "none" : zones.map(({ name }) => name).join(", ");
}
