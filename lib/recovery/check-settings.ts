import { orderersOf, type Placement } from "../placement/node";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { checkFailover } from "./failover/check";
import { cityOf, failoverOf, snapshotsOf } from "./of-settings";
import { checkSnapshots } from "./snapshots/feasibility";

/**
 * What of `recovery` contradicts itself or cannot be carried: targets that the settings' own phases exceed, a grace shorter
 * than the drift, snapshots that their driver does not take. Each with its sum, before anything is made.
 * @param placement Of a network that passed `checkCenters`.
 */
export function checkRecoverySettings(placement: Placement, { sites, recovery }: Settings): Finding[] {
  if (recovery === undefined) return [];
  const city = cityOf(sites);
  const settings = failoverOf(placement, sites, recovery);
  const most = Math.max(...city.map((name) => settings.consenters.units[name]?.length ?? 0));
  const failover = checkFailover(settings, ["recovery"]);
  const tooFew = orderersOf(placement).length < 3;
  return [
    // Too few ordering nodes are a matter of the network file, and told there.
    ...failover.filter(({ path }) => path[1] !== "consenters" || !tooFew).map(inSettings),
    ...checkSnapshots(snapshotsOf(recovery, most), ["recovery", "snapshots"]).map(inSettings),
  ];
}

const schedules = ["increments", "transactions"];

/** A finding at the key under which people have written what it is about. */
function inSettings(finding: Finding): Finding {
  const [recovery, section, index, key] = finding.path;
  // How many are where is said with the zones.
  if (section === "consenters") return { ...finding, path: ["sites"] };
  if (section === "snapshotInterval") return { ...finding, path: ["recovery", "snapshots", "increments", "every"] };
  if (section !== "snapshots" || typeof index !== "number" || recovery === undefined) return finding;
  if (key === "className") return { ...finding, path: [recovery, section, "class"] };
  const name = schedules[index];
  const path = name === undefined || key === "driver" ? ["driver"] : [name, ...(key === undefined ? [] : [key])];
  return { ...finding, path: [recovery, section, ...path] };
}
