import { didYouMean } from "../nearest";
import type { Network } from "../network";
import type { Path } from "../problem";
import { listed } from "../words";
import type { CheckFinding } from "./check";

const organisationNames: Path = ["organisations", "*", "name"];

function dangling(path: Path, what: string, name: string, known: readonly string[], assumes: Path[]): CheckFinding {
  return {
    document: "network",
    path,
    found: `${name}, which is no ${what}`,
    allowed: known.length === 0 ? `the name of one; there is none` : listed(known, "or"),
    fix: `Name one of them, or add it.${didYouMean(name, known)}`,
    assumes,
  };
}

/** Names that nothing in the network file bears. */
export function checkReferences(network: Network): CheckFinding[] {
  const organisations = network.organisations.map(({ name }) => name);
  const channels = network.channels.map(({ name }) => name);
  return [
    ...network.channels.flatMap(({ members }, index) =>
      members.flatMap((member, rank) =>
        organisations.includes(member)
          ? []
          : [
              dangling(["channels", index, "members", rank], "organisation of this file", member, organisations, [
                organisationNames,
              ]),
            ],
      ),
    ),
    ...network.chaincodes.flatMap(({ channel }, index) =>
      channels.includes(channel)
        ? []
        : [
            dangling(["chaincodes", index, "channel"], "channel of this file", channel, channels, [
              ["channels", "*", "name"],
            ]),
          ],
    ),
    ...network.chaincodes.flatMap((chaincode, index) => {
      const rank = network.channels.findIndex(({ name }) => name === chaincode.channel);
      const members = network.channels[rank]?.members;
      if (members === undefined) return [];
      return chaincode.collections.flatMap((collection, position) =>
        collection.members.flatMap((member, place) =>
          members.includes(member)
            ? []
            : [
                dangling(
                  ["chaincodes", index, "collections", position, "members", place],
                  `member of channel ${chaincode.channel}`,
                  member,
                  members,
                  [["channels", rank, "members", "*"]],
                ),
              ],
        ),
      );
    }),
  ];
}
