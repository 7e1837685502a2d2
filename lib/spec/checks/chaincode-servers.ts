import { chaincodeServerName, chaincodeServiceName } from "../../fabric/chaincode-server";
import { peerWorkloadName, podName } from "../names";
import type { Network } from "../network";
import type { CheckFinding } from "./check";

/** A Kubernetes Service's name is one label of a DNS name. */
const longestLabel = 63;

/** What chaincodes come to as servers: names that fit, and one image under one name and version. */
export function checkChaincodeServers(network: Network): CheckFinding[] {
  return [...tooLong(network), ...twoOfOneName(network)];
}

function tooLong({ chaincodes, channels, organisations }: Network): CheckFinding[] {
  return chaincodes.flatMap((chaincode, index): CheckFinding[] => {
    const members = channels.find(({ name }) => name === chaincode.channel)?.members ?? [];
    const names = organisations
      .filter(({ name }) => members.includes(name))
      .flatMap((organisation) =>
        organisation.peers.map((group) =>
          chaincodeServiceName(chaincode, podName(peerWorkloadName(group, organisation), group.replicas - 1)),
        ),
      );
    const longest = names.sort((one, other) => other.length - one.length)[0];
    if (longest === undefined || longest.length <= longestLabel) return [];
    return [
      {
        document: "network",
        path: ["chaincodes", index, "name"],
        found: `the Service ${longest} would have ${longest.length} characters`,
        allowed: `at most ${longestLabel}`,
        fix: "Shorten the chaincode's name, its version, the peer group's or the organisation's name.",
      },
    ];
  });
}

function twoOfOneName({ chaincodes }: Network): CheckFinding[] {
  return chaincodes.flatMap((chaincode, index): CheckFinding[] => {
    const server = chaincodeServerName(chaincode);
    const first = chaincodes.findIndex((other) => chaincodeServerName(other) === server);
    const other = chaincodes[first];
    const same =
      other === undefined ||
      (other.image === chaincode.image && other.name === chaincode.name && other.version === chaincode.version);
    if (first === index || same) return [];
    return [
      {
        document: "network",
        path: ["chaincodes", index, "version"],
        found: `${chaincode.name} ${chaincode.version} would run as ${server}, which ${other.name} ${other.version} of channel ${other.channel} does too`,
        allowed: "one image under one name and version",
        fix: "Give it another name or version, or the same image.",
      },
    ];
  });
}
