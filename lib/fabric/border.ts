import type { Consortium, ConsortiumOrganisation } from "./consortium";

/** How a network that is spread over several clusters is divided among the agents of its sites. */

/** Where an organisation has nodes; of a network in one cluster nothing is said, and its only place has no name. */
export function placesOf({ sites }: Pick<ConsortiumOrganisation, "sites">): readonly (string | undefined)[] {
  return sites === undefined ? [undefined] : sites.map(({ name }) => name);
}

/**
 * The site whose agent does what only one may do for the organisation: found channels, keep the lock of restarts. It is
 * the first on which it orders; undefined in a network of one cluster.
 */
export function foundingSite({
  sites,
  orderers,
}: Pick<ConsortiumOrganisation, "sites" | "orderers">): string | undefined {
  return sites?.find(({ name }) => orderers.some(({ site }) => site === name))?.name ?? sites?.[0]?.name;
}

/** An organisation's nodes that the agent of one site sees to: all, where there are no other sites. */
export function nodesHere(
  { peers, orderers }: Pick<ConsortiumOrganisation, "peers" | "orderers">,
  site: string | undefined,
): Pick<ConsortiumOrganisation, "peers" | "orderers"> {
  const here = (node: { readonly site: string }) => site === undefined || node.site === site;
  return { peers: peers.filter(here), orderers: orderers.filter(here) };
}

/** An organisation's sites but one; undefined in a network of one cluster. */
export function sitesAbroad(
  { organisations }: Pick<Consortium, "organisations">,
  organisation: string,
  here: string,
): readonly string[] | undefined {
  const { sites } = organisations.find(({ name }) => name === organisation) ?? {};
  return sites?.map(({ name }) => name).filter((name) => name !== here);
}

/** Whether the network is spread over several clusters. */
export function isSpread({ organisations }: Pick<Consortium, "organisations">): boolean {
  return organisations.some(({ sites }) => sites !== undefined);
}
