import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { SiteManifests } from "../constructs/manifests";
import type { Placement } from "../placement/node";
import type { Settings } from "../spec/settings";
import { recordFederation, type FederationAccess } from "./federation/program";
import type { MemberSite } from "./federation/members";
import { registerNames } from "./names";
import { SiteObjects } from "./site";

/** A site with what is to run there. */
export interface Deployment {
  readonly access: MemberSite;
  readonly manifests: SiteManifests;
}

/** A network checked and placed, as far as the Pulumi program asks. */
export interface Deployable {
  readonly settings: Settings;
  readonly placement: Placement;
  readonly synthesise: () => readonly SiteManifests[];
}

/**
 * The Pulumi program behind index.ts, which a preview without an engine runs as well: everything but how the sites'
 * resources come about. Gives the stack's outputs.
 */
export async function deployNetwork(
  { settings, placement, synthesise }: Deployable,
  deploy: (sites: readonly Deployment[], federation: FederationAccess | undefined) => unknown,
): Promise<Record<string, unknown>> {
  const manifests = new Map(synthesise().map((site) => [site.site, site]));
  await deploy(
    settings.sites.flatMap((access) => {
      const desired = manifests.get(access.name);
      return desired === undefined ? [] : [{ access, manifests: desired }];
    }),
    settings.federation,
  );
  registerNames(placement, settings);
  return {
    network: placement.network.name,
    topology: settings.topology,
    zones: Object.fromEntries(placement.nodes.map(({ pod, zone }) => [pod, zone])),
  };
}

/** Registers the resources of all sites that no federation holds together, and asks no cluster anything. */
export function registerSites(sites: readonly Deployment[], resource?: ComponentResourceOptions): SiteObjects[] {
  return sites.map(({ access, manifests }) => new SiteObjects(access, manifests, resource));
}

/** Registers the resources of all sites, with or without a federation, and asks no cluster anything. */
export async function registerUnseen(
  sites: readonly Deployment[],
  federation: FederationAccess | undefined,
): Promise<void> {
  const [first, ...others] = sites;
  if (federation === undefined || first === undefined) registerSites(sites);
  else await recordFederation(federation, [first, ...others]);
}
