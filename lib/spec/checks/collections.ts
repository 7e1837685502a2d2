import type { Network } from "../network";
import type { Path } from "../problem";
import { counted } from "../words";
import type { CheckFinding } from "./check";

/** Private data that could never reach as many peers as it must (Fabric docs, "Private data", dissemination). */
export function checkCollections(network: Network): CheckFinding[] {
  return network.chaincodes.flatMap(({ collections }, index) =>
    collections.flatMap((collection, rank): CheckFinding[] => {
      const path: Path = ["chaincodes", index, "collections", rank, "requiredPeers"];
      const { requiredPeers, maxPeers } = collection;
      const members = network.organisations.filter(({ name }) => collection.members.includes(name));
      const peers = members.flatMap((member) => member.peers).reduce((sum, { replicas }) => sum + replicas, 0);
      // The endorsing peer has the data already, and counts only the others.
      const others = Math.max(0, peers - 1);
      return [
        ...(requiredPeers > maxPeers
          ? [
              {
                document: "network" as const,
                path,
                found: `requiredPeers ${requiredPeers} with maxPeers ${maxPeers}`,
                allowed: `at most ${maxPeers}: the data is sent to no more peers than maxPeers`,
                fix: "Raise maxPeers, or lower requiredPeers.",
              },
            ]
          : []),
        ...(requiredPeers > others && members.length === collection.members.length
          ? [
              {
                document: "network" as const,
                path,
                found: `requiredPeers ${requiredPeers} with ${counted(peers, "peer")} of ${collection.members.join(", ")}`,
                allowed: `at most ${others}: an endorser sends the data to the members' other peers`,
                fix: "Lower requiredPeers, or give the members more peers.",
                assumes: [
                  ["organisations", "*", "peers", "*", "replicas"],
                  ["chaincodes", index, "collections", rank, "members", "*"],
                ],
              },
            ]
          : []),
      ];
    }),
  );
}
