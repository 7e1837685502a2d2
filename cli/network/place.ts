import { peersOf } from "../../lib/placement/node";
import type { Organisation } from "../../lib/spec/network";
import type { Zone } from "../../lib/spec/settings";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";

/** Where a client runs: one pod of an organisation in one zone. */
export interface ClientPlace {
  readonly plan: Plan;
  readonly organisation: Organisation;
  readonly zone: Zone;
}

/**
 * Chooses an organisation (default: the first of the network file that has peers in the wanted channel) and a zone (default: the first that is
 * no witness and not to be avoided).
 * @throws CommandError where the network has no such organisation or zone
 */
export function clientPlace(
  plan: Plan,
  options: { readonly organisation?: string; readonly channel?: string; readonly avoid?: readonly string[] },
): ClientPlace {
  const { network, settings, placement } = plan;
  const members = network.channels.find(({ name }) => name === options.channel)?.members;
  const withPeers = network.organisations.filter(
    ({ name, peers }) => peers.length > 0 && (members === undefined || members.includes(name)),
  );
  const organisation =
    options.organisation === undefined ? withPeers[0] : withPeers.find(({ name }) => name === options.organisation);
  if (organisation === undefined) {
    throw new CommandError(
      options.organisation === undefined
        ? `no organisation of the network has peers${members === undefined ? "" : ` in channel ${options.channel}`}`
        : `no organisation ${options.organisation} with peers${members === undefined ? "" : ` in channel ${options.channel}`}`,
      `name one of: ${withPeers.map(({ name }) => name).join(", ") || "none"}`,
    );
  }
  const zones = settings.sites
    .flatMap((site) => site.zones)
    .filter(({ name }) => options.avoid?.includes(name) !== true)
    .filter(({ name }) => peersOf(placement, organisation.name).some((peer) => peer.zone === name));
  const [zone] = zones;
  if (zone === undefined) {
    throw new CommandError(
      `${organisation.name} has no peers outside of ${options.avoid?.join(", ")}`,
      "name another organisation with --org",
    );
  }
  return { plan, organisation, zone };
}
