import type { PlacedNode, PlacedZone, Placement } from "./node";

/** One thing that breaks. */
export type Failure =
  | { readonly kind: "pod"; readonly pod: string; readonly namespace: string }
  | { readonly kind: "node"; readonly zone: string }
  | { readonly kind: "zone"; readonly zone: string }
  | { readonly kind: "link"; readonly between: readonly [string, string] }
  /** A whole cluster: its control plane, its nodes and its gateway. */
  | { readonly kind: "site"; readonly site: string }
  /** All that lies between two clusters. */
  | { readonly kind: "border"; readonly between: readonly [string, string] }
  /** All centers of a city at once. */
  | { readonly kind: "city"; readonly sites: readonly string[] }
  /** All that lies between a remote center and every other one. */
  | { readonly kind: "isolation"; readonly site: string };

/** Where a node is, as far as failures tell places apart. */
export type Place = Pick<PlacedNode, "site" | "zone">;

/** What a failure leaves: who is alive, and which places still reach each other. */
export interface Remains {
  readonly alive: (node: PlacedNode) => boolean;
  readonly reaches: (from: Place, to: Place) => boolean;
}

/**
 * Every single failure that the matrix has a row for: each pod, a node of each zone, each zone, each link between two
 * zones of a site; where there are several sites, each site, and whatever lies between two of them; of three centers also
 * the whole city, and the links to the remote one.
 */
export function singleFailures(placement: Placement): Failure[] {
  const { zones } = placement;
  const sites = [...new Set(zones.map(({ site }) => site))];
  const centers = (kind: PlacedZone["center"]) => [
    ...new Set(zones.filter(({ center }) => center === kind).map(({ site }) => site)),
  ];
  const city = centers("city");
  const links = sites.flatMap((site) => pairs(zones.filter((zone) => zone.site === site)));
  return [
    ...placement.nodes.map(({ pod, namespace }): Failure => ({ kind: "pod", pod, namespace })),
    ...zones.map(({ name }): Failure => ({ kind: "node", zone: name })),
    ...zones.map(({ name }): Failure => ({ kind: "zone", zone: name })),
    ...links.map(([one, other]): Failure => ({ kind: "link", between: [one.name, other.name] })),
    ...(sites.length < 2
      ? []
      : [
          ...sites.map((site): Failure => ({ kind: "site", site })),
          ...pairs(sites).map((between): Failure => ({ kind: "border", between })),
        ]),
    ...(city.length === 0 ? [] : [{ kind: "city", sites: city } as const]),
    ...centers("remote").map((site): Failure => ({ kind: "isolation", site })),
  ];
}

/** Everybody lives, and every place reaches every other. */
export const nothingLost: Remains = { alive: () => true, reaches: () => true };

/**
 * What is left after a failure. The placement fixes zones, not Kubernetes nodes, so the loss of a node counts at its
 * worst: it carried every pod of its zone.
 */
export function remainsAfter(failure: Failure): Remains {
  const { reaches } = nothingLost;
  switch (failure.kind) {
    case "pod":
      return {
        alive: (node) => node.pod !== failure.pod || node.namespace !== failure.namespace,
        reaches,
      };
    case "node":
    case "zone":
      return { alive: (node) => node.zone !== failure.zone, reaches };
    case "site":
      return { alive: (node) => node.site !== failure.site, reaches };
    case "link":
      return { ...nothingLost, reaches: apart(failure.between, ({ zone }) => zone) };
    case "border":
      return { ...nothingLost, reaches: apart(failure.between, ({ site }) => site) };
    case "city":
      return { alive: (node) => !failure.sites.includes(node.site), reaches };
    case "isolation":
      return {
        ...nothingLost,
        reaches: (from, to) => from.site === to.site || ![from.site, to.site].includes(failure.site),
      };
  }
}

/** Whether two places reach each other while nothing passes between two of what they are parts of. */
function apart(between: readonly [string, string], partOf: (place: Place) => string): Remains["reaches"] {
  const cut = new Set(between);
  return (from, to) => partOf(from) === partOf(to) || !(cut.has(partOf(from)) && cut.has(partOf(to)));
}

/** Whether a failure only keeps nodes from each other, and takes none. */
export const isCut = ({ kind }: Failure): boolean => kind === "link" || kind === "border" || kind === "isolation";

/** A failure in words: "zone-a is lost". */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case "pod":
      return `pod ${failure.pod}`;
    case "node":
      return `a node of ${failure.zone}`;
    case "zone":
      return `zone ${failure.zone}`;
    case "link":
      return `link ${failure.between.join(" – ")}`;
    case "site":
      return `site ${failure.site}`;
    case "border":
      return `border ${failure.between.join(" – ")}`;
    case "city":
      return `city ${failure.sites.join(" + ")}`;
    case "isolation":
      return `every link of ${failure.site}`;
  }
}

function pairs<T extends PlacedZone | string>(of: readonly T[]): [T, T][] {
  return of.flatMap((one, index) => of.slice(index + 1).map((other): [T, T] => [one, other]));
}
