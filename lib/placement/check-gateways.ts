import type { Organisation } from "../spec/network";
import type { Finding, Path } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { failureMatrix } from "./matrix";
import { peersOf, type Placement } from "./node";
import { pinName, pinnedZones } from "./pins";
import { servicesOf } from "./service";
import { fullZones } from "./zones";

/**
 * Every organisation's gateway must go on when any one pod, node or zone is lost, unless its organisation says why not.
 * Read from the failure matrix, so that nothing is promised that the matrix denies. A row in which ordering stops too is
 * reported as that. Cut links are told by the matrix and promised nothing.
 */
export function checkGateways(settings: Settings, placement: Placement): Finding[] {
  const asked = servicesOf(placement).filter(({ kind }) => kind === "ordering" || kind === "gateway");
  const { services, rows } = failureMatrix(placement, asked);
  const ordering = services.findIndex(({ kind }) => kind === "ordering");
  const stops = (column: number) =>
    rows.some(
      ({ failure, verdicts }) =>
        failure.kind !== "link" && verdicts[column]?.survives === false && verdicts[ordering]?.survives === true,
    );
  return services.flatMap((service, column): Finding[] => {
    if (service.kind !== "gateway" || !stops(column)) return [];
    const index = placement.network.organisations.findIndex(({ name }) => name === service.organisation);
    const organisation = placement.network.organisations[index];
    if (organisation === undefined || organisation.gatewayMayStopBecause !== undefined) return [];
    return [finding(settings, placement, organisation, index)];
  });
}

function finding(settings: Settings, placement: Placement, organisation: Organisation, index: number): Finding {
  const zones = settings.sites[0]?.zones ?? [];
  const peers = peersOf(placement, organisation.name);
  const zone = peers[0]?.zone ?? "";
  const pins = pinnedZones(zones);
  const pinned = peers.some(({ pod }) => pins.has(pinName(organisation, pod)));
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
    found: `${peers.length === 1 ? "one peer" : `all ${peers.length} peers`} of ${organisation.name} in ${zone}, with which its gateway stops`,
    allowed: `peers in two full zones of ${fullZones(zones)
      .map(({ name }) => name)
      .join(", ")}`,
    fix: `${pinned && peers.length > 1 ? "pin one peer more to another full zone with `pods`" : `set ${where}`}, or say why it may stop: \`gatewayMayStopBecause\``,
  };
}
