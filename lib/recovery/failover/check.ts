import type { Finding } from "../../spec/problem";
import { predictRto, sumText } from "./budget";
import { restorable } from "./restore";
import type { Consenters, FailoverSettings } from "./settings";

type Said = Omit<Finding, "document">;
type Check = (settings: FailoverSettings) => (Said | false)[];

/**
 * Everything in a failover's settings that contradicts itself, the arithmetic of the lease, or its own targets, before
 * anything is touched (requirement R8; facts on disaster recovery, sections 4.2 and 5). `base` is where the settings stand
 * in their document.
 */
export function checkFailover(settings: FailoverSettings, base: Finding["path"] = ["recovery", "failover"]): Finding[] {
  return [centers, lease, times, people, limits, sums]
    .flatMap((check) => check(settings))
    .filter((said) => said !== false)
    .map((said) => ({ document: "settings", ...said, path: [...base, ...said.path] }));
}

const centers: Check = ({ primary, target, vantagePoints, consenters }) => [
  primary.length === 0 && {
    path: ["primary"],
    found: "no center",
    allowed: "one center, or the dual-active pair of one city",
    fix: "Name the center that writes now.",
  },
  primary.length > 2 && {
    path: ["primary"],
    found: `${primary.length} centers: ${primary.join(", ")}`,
    allowed: "one center, or the dual-active pair of one city: they share one set of ordering nodes",
    fix: "Leave only those that write now.",
  },
  primary.includes(target) && {
    path: ["target"],
    found: `${target}, which is a primary, too`,
    allowed: "a center that does not write now; with two primaries nobody could say whose blocks count",
    fix: "Name the recovery center as target, or take it out of primary.",
  },
  new Set(primary).size < primary.length && {
    path: ["primary"],
    found: `${primary.join(", ")}: one of them twice`,
    allowed: "each center once",
    fix: "Take the second one out.",
  },
  !primary.includes(target) &&
    new Set([target, ...vantagePoints]).size < 3 && {
      path: ["vantagePoints"],
      found: `${new Set([target, ...vantagePoints]).size} points of view with the target: ${[target, ...vantagePoints].join(", ")}`,
      allowed: "at least 3, so that two of them can agree: the target, the witness, and a second center of the city",
      fix: "Add a place from which the primary is looked at, such as the witness.",
    },
  ...restores(consenters),
];

function restores(consenters: Consenters): (Said | false)[] {
  const units = Object.entries(consenters.units);
  const left = consenters.target.length;
  const all = units.flatMap(([, names]) => names).length + left;
  if (all < 3)
    return [
      {
        path: ["consenters"],
        found: `${all} of all ordering nodes`,
        allowed: "at least 3: one restored alone loses votes that it has given (Raft), and is refused always",
        fix: "Name every ordering node, at the center where it is at home.",
      },
    ];
  const sums = units.map(([center, { length }]) => `${length} of ${center}`).join(" or ");
  return [
    !units.some(([center]) => restorable(center, consenters)) && {
      path: ["consenters"],
      found: `${sums}, with ${left} at the target, of ${all} ordering nodes`,
      allowed: `${Math.floor(all / 2) + 1}, a bare majority, of one center and the target together: with fewer nobody is elected, with more one that knows less may be`,
      fix: "Move ordering nodes between the centers: 2 + 2 + 1, 3 + 3 + 1.",
    },
  ];
}

const lease: Check = ({ lease, heartbeat }) => [
  lease.grace < lease.maxClockDrift + lease.selfFence && {
    path: ["lease", "grace"],
    found: `${lease.grace} ms`,
    allowed: `at least ${lease.maxClockDrift + lease.selfFence} ms: ${lease.maxClockDrift} (clocks apart) + ${lease.selfFence} (the old side stops writing); with less both sides may write`,
    fix: "Lengthen grace, or bring clocks closer together.",
  },
  lease.renew * (lease.retries + 1) >= lease.duration / 2 && {
    path: ["lease", "renew"],
    found: `${lease.renew} ms × (${lease.retries} retries + 1) = ${lease.renew * (lease.retries + 1)} ms`,
    allowed: `less than half of the lease's ${lease.duration} ms, or one slow answer ends it`,
    fix: "Renew more often, try less often, or lengthen the lease.",
  },
  heartbeat.misses < 3 && {
    path: ["heartbeat", "misses"],
    found: String(heartbeat.misses),
    allowed: "3 or more in a row: with fewer, one lost packet moves the network",
    fix: "Set it to 3.",
  },
];

const times: Check = (settings) => {
  const { heartbeat, lease, budget, limits, maxFallbacks, snapshotInterval } = settings;
  const whole: [string[], number][] = [
    [["heartbeat", "interval"], heartbeat.interval],
    [["lease", "duration"], lease.duration],
    [["lease", "renew"], lease.renew],
    [["snapshotInterval"], snapshotInterval],
  ];
  const notNegative: [string[], number][] = [
    [["heartbeat", "probeTimeout"], heartbeat.probeTimeout],
    [["maxFallbacks"], maxFallbacks],
    ...Object.entries(lease).map(([name, value]): [string[], number] => [["lease", name], value]),
    ...Object.entries(budget).map(([name, value]): [string[], number] => [["budget", name], value as number]),
    ...Object.entries(limits).map(([name, value]): [string[], number] => [["limits", name], value as number]),
  ];
  const wrong = (path: string[], value: number, allowed: string): Said => ({
    path,
    found: String(value),
    allowed,
    fix: "Write another number.",
  });
  return [
    ...whole.map(([path, value]) => !(value > 0 && Number.isFinite(value)) && wrong(path, value, "more than 0")),
    ...notNegative.map(([path, value]) => !(value >= 0 && Number.isFinite(value)) && wrong(path, value, "0 or more")),
  ];
};

const people: Check = ({ approvers }) => [
  approvers.length === 0 && {
    path: ["approvers"],
    found: "nobody",
    allowed: "at least one person: write access is never given by a program",
    fix: "Name who may approve.",
  },
];

const limits: Check = ({ limits, standbyPeers, snapshotInterval }) => [
  limits.rtoRead > limits.rtoWrite && {
    path: ["limits", "rtoRead"],
    found: `${limits.rtoRead} ms for reads and ${limits.rtoWrite} ms for writes`,
    allowed: "reads no later than writes: the center opens read-only first",
    fix: "Exchange the two, or raise rtoWrite.",
  },
  (limits.rpoBlocks === 0) !== (limits.rpoSeconds === 0) && {
    path: ["limits", "rpoBlocks"],
    found: `${limits.rpoBlocks} blocks and ${limits.rpoSeconds} s`,
    allowed: "both 0 (nothing may be lost) or neither",
    fix: "Make the two say the same.",
  },
  !standbyPeers &&
    limits.rpoSeconds * 1000 < snapshotInterval && {
      path: ["limits", "rpoSeconds"],
      found: `${limits.rpoSeconds} s with a snapshot every ${snapshotInterval / 1000} s and no standby peers`,
      allowed: `at least ${snapshotInterval / 1000} s: without standby peers, what came after the last snapshot is lost`,
      fix: "Have standby peers at the target, or take snapshots more often.",
    },
];

const sums: Check = (settings) => {
  const { read, write, rtoRead, rtoWrite } = predictRto(settings);
  const { limits } = settings;
  return [
    rtoRead > limits.rtoRead && {
      path: ["limits", "rtoRead"],
      found: `${limits.rtoRead} ms`,
      allowed: `at least what the settings themselves sum up to: ${sumText(read)}`,
      fix: "Raise the target, or shorten the phases that it is made of.",
    },
    rtoWrite > limits.rtoWrite && {
      path: ["limits", "rtoWrite"],
      found: `${limits.rtoWrite} ms`,
      allowed: `at least what the settings themselves sum up to: ${sumText([...read, ...write])}`,
      fix: "Raise the target, or shorten the phases that it is made of.",
    },
  ];
};
