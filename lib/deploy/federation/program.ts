import { networkLabel, type SiteManifests } from "../../constructs/manifests";
import type { Applied } from "../../federation/applied";
import { Unpropagatable } from "../../federation/findings";
import type { NonEmpty } from "../../federation/propagation";
import { render, type Engine } from "../../federation/render";
import { messageOnly } from "../engine-error";
import type { SiteAccess } from "../site-access";
import { unseenMember, type MemberSite } from "./members";
import { registerFederation } from "./register";

/** Who takes objects to the sites, and where it is told to. */
export interface FederationAccess {
  readonly engine: Engine;
  /** The host: needed for all engines but direct. */
  readonly host?: SiteAccess | undefined;
}

/** A site of a federation with what is to run there. */
export interface FederatedSite {
  readonly access: MemberSite;
  readonly manifests: SiteManifests;
}

/** Registers the resources of a federation, and asks no cluster anything. */
export function recordFederation(federation: FederationAccess, sites: NonEmpty<FederatedSite>): Promise<void> {
  const manifests = sites.map((site) => site.manifests);
  return registerFederation(clustersOf(federation, sites), rendered(federation, sites), manifests);
}

/** The host, where there is one, and the members. */
export function clustersOf({ host }: FederationAccess, sites: NonEmpty<FederatedSite>): SiteAccess[] {
  return [...(host === undefined ? [] : [host]), ...sites.map(({ access }) => access)];
}

/**
 * What is applied to which cluster.
 * @throws RunError with everything that the engine cannot say
 */
export function rendered({ engine, host }: FederationAccess, sites: NonEmpty<FederatedSite>): Applied[] {
  const [first, ...others] = sites.map(({ manifests }) => manifests);
  if (first === undefined) throw new RangeError("a federation has sites");
  const network = first.objects.map(({ metadata }) => metadata.labels[networkLabel]).find((name) => name !== undefined);
  try {
    return render(engine, [first, ...others], {
      host: host?.name ?? "",
      network: network ?? "network",
      members: sites.map(({ access }) => unseenMember(access)),
    });
  } catch (error) {
    throw error instanceof Unpropagatable ? messageOnly(error.message) : error;
  }
}
