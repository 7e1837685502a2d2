import type { Organisation } from "../spec/network";
import type { Finding, Path } from "../spec/problem";
import type { Domain } from "./domain";
import { isCut } from "./failure";
import { failureMatrix } from "./matrix";
import { workingPeersOf, type Placement } from "./node";
import { pinName, pinnedTo } from "./pins";
import { servicesOf } from "./service";
import { fullZones } from "./zones";

/**
 * Every organisation's gateway must go on when any one pod, node, zone or site is lost, unless its organisation says why not.
 * Read from the failure matrix, so that nothing is promised that the matrix denies. A row in which ordering stops too is
 * reported as that. Cut links, and the loss of a whole city, are told by the matrix and promised nothing.
 */
export function checkGateways(placement: Placement, domains: readonly Domain[]): Finding[] {
  const asked = servicesOf(placement).filter(({ kind }) => kind === "ordering" || kind === "gateway");
  const { services, rows } = failureMatrix(placement, asked);
  const ordering = services.findIndex(({ kind }) => kind === "ordering");
  const stops = (column: number) =>
    rows.some(
      ({ failure, verdicts }) =>
        !isCut(failure) &&
        failure.kind !== "city" &&
        verdicts[column]?.survives === false &&
        verdicts[ordering]?.survives === true,
    );
  return services.flatMap((service, column): Finding[] => {
    if (service.kind !== "gateway" || !stops(column)) return [];
    const index = placement.network.organisations.findIndex(({ name }) => name === service.organisation);
    const organisation = placement.network.organisations[index];
    if (organisation === undefined || organisation.gatewayMayStopBecause !== undefined) return [];
    return [finding(domains, placement, organisation, index)];
  });
}

function finding(domains: readonly Domain[], placement: Placement, organisation: Organisation, index: number): Finding {
  const peers = workingPeersOf(placement, organisation.name);
  const [first] = peers;
  const domain = domains.find(({ kind, name }) => name === (kind === "zone" ? first?.zone : first?.site));
  const kind = domain?.kind ?? "zone";
  const pinned = peers.some(({ pod }) => pinnedTo(domains, pinName(organisation, pod)) !== undefined);
  const [group, ...others] = organisation.peers;
  const path: Path = [
    "organisations",
    index,
    "peers",
    ...(group !== undefined && others.length === 0 ? [0, "replicas"] : []),
  ];
  const where = others.length === 0 ? "`replicas` to 2" : `\`replicas\` of ${group?.name ?? "a group"} to 2`;
  return {
    document: "network",
    path,
    found: `${peers.length === 1 ? "one peer" : `all ${peers.length} peers`} of ${organisation.name} in ${domain?.name ?? ""}, with which its gateway stops`,
    allowed: `peers in two full ${kind}s of ${fullZones(domains)
      .map(({ name }) => name)
      .join(", ")}`,
    fix: `${pinned && peers.length > 1 ? `pin one peer more to another full ${kind} with \`pods\`` : `set ${where}`}, or say why it may stop: \`gatewayMayStopBecause\``,
  };
}
