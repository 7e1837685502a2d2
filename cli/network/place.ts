import type { Place } from "../../lib/placement/failure";
import { peersOf, severalSites } from "../../lib/placement/node";
import { poolHost } from "../../lib/spec/names";
import type { Organisation } from "../../lib/spec/network";
import type { Site, Zone } from "../../lib/spec/settings";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";

/** Where a client runs: one pod of an organisation in one zone of a site. */
export interface ClientPlace {
  readonly plan: Plan;
  readonly organisation: Organisation;
  readonly site: Site;
  readonly zone: Zone;
  /**
   * What the client dials, as `<host>:<port>`: over several sites the pool of its organisation's peers behind the gateways,
   * as applications do. Absent in one cluster, where it dials the peers themselves.
   */
  readonly through?: string;
}

/** Whose client runs where. */
export interface PlaceOptions {
  readonly organisation?: string;
  readonly channel?: string;
  /** On this site. */
  readonly site?: string;
  /** Not here. */
  readonly avoid?: Avoided;
}

/** Places where no client is to live, as they will be lost. */
export interface Avoided {
  /** What is said of them: `site aws-prod`. */
  readonly words: string;
  has(place: Place): boolean;
}

/**
 * Chooses an organisation (default: the first of the network file that has peers in the wanted channel) and a zone (default:
 * the first with one of its peers that is not to be avoided).
 * @throws CommandError where the network has no such organisation, site or zone
 */
export function clientPlace(plan: Plan, options: PlaceOptions): ClientPlace {
  const { network, settings, placement } = plan;
  const { channel, avoid } = options;
  const members = network.channels.find(({ name }) => name === channel)?.members;
  const withPeers = network.organisations.filter(
    ({ name, peers }) => peers.length > 0 && (members === undefined || members.includes(name)),
  );
  const organisation =
    options.organisation === undefined ? withPeers[0] : withPeers.find(({ name }) => name === options.organisation);
  if (organisation === undefined) {
    const where = members === undefined ? "" : ` in channel ${channel}`;
    throw new CommandError(
      options.organisation === undefined
        ? `no organisation of the network has peers${where}`
        : `no organisation ${options.organisation} with peers${where}`,
      `name one of: ${withPeers.map(({ name }) => name).join(", ") || "none"}`,
    );
  }
  // Of a site without its peers nothing is known there of its clients: no authority, no account.
  const homes = peersOf(placement, organisation.name);
  const sites = settings.sites.filter(({ name }) => homes.some(({ site }) => site === name));
  if (options.site !== undefined && !sites.some(({ name }) => name === options.site)) {
    throw new CommandError(
      `${organisation.name} has no peers on a site ${options.site}`,
      `name one of: ${sites.map(({ name }) => name).join(", ")}`,
    );
  }
  const places = sites
    .filter(({ name }) => options.site === undefined || name === options.site)
    .flatMap((site) => site.zones.map((zone) => ({ site, zone })))
    .filter(({ site, zone }) => avoid?.has({ site: site.name, zone: zone.name }) !== true)
    .filter(({ site, zone }) => homes.some((peer) => peer.site === site.name && peer.zone === zone.name));
  const [place] = places;
  if (place === undefined) {
    throw new CommandError(
      `${organisation.name} has no peers outside of ${avoid?.words}`,
      "name another organisation with --org",
    );
  }
  const through = severalSites(placement) ? `${poolHost(organisation)}:${settings.ingress.port}` : undefined;
  return { plan, organisation, ...place, ...(through === undefined ? {} : { through }) };
}
