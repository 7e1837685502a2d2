import type { Finding } from "../spec/problem";
import { counted } from "../spec/words";
import { list } from "./check-endorsement";
import { peersOn } from "./endorsement";
import { remainsAfter } from "./failure";
import type { Domain } from "./domain";
import type { Placement } from "./node";

/**
 * Private data must still reach as many peers as it must when any one domain is lost: an endorser that cannot hand the data
 * to `requiredPeers` others gives no endorsement (Fabric docs, "Private data", dissemination).
 */
export function checkCollections(placement: Placement, domains: readonly Domain[]): Finding[] {
  return placement.network.chaincodes.flatMap(({ collections }, index) =>
    collections.flatMap(({ members, requiredPeers }, rank): Finding[] => {
      const holders = peersOn(placement, { members });
      const left = ({ loss }: Domain) => holders.filter(remainsAfter(loss).alive);
      // The endorser has the data already, and counts only the others.
      const others = (domain: Domain) => Math.max(0, left(domain).length - 1);
      const [worst] = [...domains].sort((a, b) => others(a) - others(b));
      if (worst === undefined || others(worst) >= requiredPeers) return [];
      return [
        {
          document: "network",
          path: ["chaincodes", index, "collections", rank, "requiredPeers"],
          found: `requiredPeers ${requiredPeers}, which the loss of ${worst.name} puts out of reach: it leaves ${list(left(worst))}`,
          allowed: `at most ${others(worst)}: of ${counted(left(worst).length, "peer")} left, one endorses and ${others(worst)} can be sent the data`,
          fix: `lower \`requiredPeers\`, or give the members more peers in every full ${worst.kind}`,
        },
      ];
    }),
  );
}
