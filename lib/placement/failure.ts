import type { PlacedNode, PlacedZone, Placement } from "./node";

/** One thing that breaks. */
export type Failure =
  | { readonly kind: "pod"; readonly pod: string; readonly namespace: string }
  | { readonly kind: "node"; readonly zone: string }
  | { readonly kind: "zone"; readonly zone: string }
  | { readonly kind: "link"; readonly between: readonly [string, string] };

/** What a failure leaves: who is alive, and which zones still reach each other. */
export interface Remains {
  readonly alive: (node: PlacedNode) => boolean;
  readonly reaches: (from: string, to: string) => boolean;
}

/** Every single failure that the matrix has a row for: each pod, a node of each zone, each zone, each link between two. */
export function singleFailures(placement: Placement): Failure[] {
  const zones = placement.zones;
  return [
    ...placement.nodes.map(({ pod, namespace }): Failure => ({ kind: "pod", pod, namespace })),
    ...zones.map(({ name }): Failure => ({ kind: "node", zone: name })),
    ...zones.map(({ name }): Failure => ({ kind: "zone", zone: name })),
    ...pairs(zones).map(([one, other]): Failure => ({ kind: "link", between: [one.name, other.name] })),
  ];
}

/** Everybody lives, and every zone reaches every other. */
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
    case "link": {
      const cut = new Set(failure.between);
      return { ...nothingLost, reaches: (from, to) => from === to || !(cut.has(from) && cut.has(to)) };
    }
  }
}

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
  }
}

function pairs(zones: readonly PlacedZone[]): [PlacedZone, PlacedZone][] {
  return zones.flatMap((one, index) => zones.slice(index + 1).map((other): [PlacedZone, PlacedZone] => [one, other]));
}
