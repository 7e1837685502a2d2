import type { Readings } from "./shift";

/** How one gateway sees the sites of a pool. Its counters begin anew when it does. */
export interface GatewayView {
  /** The gateway, so that two looks at it can be compared. */
  readonly gateway: string;
  /** Its own site. */
  readonly site: string;
  readonly sites: Readonly<Record<string, SiteView>>;
}

interface SiteView {
  /** Whether it would send a connection there. */
  readonly healthy: boolean;
  /** Connections since the gateway began, and how many of them could not be made. */
  readonly attempts: number;
  readonly failures: number;
}

/**
 * What all gateways together say of the sites since an earlier look. A site is well where its own gateways say so and any
 * of the others does: one that is cut off sees nobody, which says nothing about them.
 */
export function readingsSince(base: readonly GatewayView[], views: readonly GatewayView[]): Readings {
  const sites = [...new Set(views.flatMap((view) => Object.keys(view.sites)))];
  return Object.fromEntries(
    sites.map((site) => {
      const own = views.filter((view) => view.site === site);
      const others = views.filter((view) => view.site !== site);
      const sees = (some: readonly GatewayView[]) =>
        some.length === 0 || some.some((view) => view.sites[site]?.healthy === true);
      const grown = (counter: "attempts" | "failures") =>
        views.reduce((sum, view) => sum + growth(base, view, site, counter), 0);
      return [site, { healthy: sees(own) && sees(others), attempts: grown("attempts"), failures: grown("failures") }];
    }),
  );
}

function growth(
  base: readonly GatewayView[],
  { gateway, sites }: GatewayView,
  site: string,
  counter: "attempts" | "failures",
): number {
  const now = sites[site]?.[counter] ?? 0;
  const before = base.find((view) => view.gateway === gateway)?.sites[site]?.[counter] ?? 0;
  // A gateway that began anew counts from nothing.
  return now >= before ? now - before : now;
}
