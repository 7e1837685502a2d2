import type { Path } from "../spec/problem";
import type { Settings, Site, Zone } from "../spec/settings";
import type { Failure } from "./failure";
import { fullZones, namesConsenters } from "./zones";

/**
 * What a network must be able to lose: a zone where there is one site, a whole site where there are several. Nodes are
 * spread over domains first, and over the zones of each domain after that.
 */
export interface Domain {
  readonly kind: "zone" | "site";
  readonly name: string;
  /** It only completes the majority: ordering nodes, no peers, no certificate authority. */
  readonly witness: boolean;
  /** Ordering nodes that the settings give it; undefined where they leave that to the rule. */
  readonly consenters: number | undefined;
  /** Pods that the settings pin to it. */
  readonly pods: readonly string[];
  readonly site: Site;
  /** Its own zones: one for a zone. */
  readonly zones: readonly Zone[];
  /** Where it stands in the settings. */
  readonly path: Path;
  /** What its loss is called. */
  readonly loss: Failure;
}

/** Each zone of a site: what a network in one city must be able to lose. */
export function zonesAsDomains(site: Site, rank = 0): Domain[] {
  return site.zones.map((zone, index) => ({
    kind: "zone",
    name: zone.name,
    witness: zone.witness,
    consenters: zone.consenters,
    pods: zone.pods,
    site,
    zones: [zone],
    path: ["sites", rank, "zones", index],
    loss: { kind: "zone", zone: zone.name },
  }));
}

/** Each site: what a network over several clouds must be able to lose. One that has only witness zones is a witness. */
export function sitesAsDomains({ sites }: Pick<Settings, "sites">): Domain[] {
  return sites.map((site, index) => ({
    kind: "site",
    name: site.name,
    witness: fullZones(site.zones).length === 0,
    consenters: namesConsenters(site.zones)
      ? site.zones.reduce((sum, { consenters }) => sum + (consenters ?? 0), 0)
      : undefined,
    pods: site.zones.flatMap(({ pods }) => pods),
    site,
    zones: site.zones,
    path: ["sites", index],
    loss: { kind: "site", site: site.name },
  }));
}

/**
 * The centers that carry nodes, of a network over three of them: both of the city are full, and the remote one completes the
 * majority, so that the city has one without it. The witness carries none.
 */
export function centersAsDomains({ sites }: Pick<Settings, "sites">): Domain[] {
  return sitesAsDomains({ sites })
    .filter(({ site }) => site.center !== "witness")
    .map((domain) => (domain.site.center === "remote" ? { ...domain, witness: true } : domain));
}
