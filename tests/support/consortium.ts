import type { NetworkInput } from "../../lib/spec/network";

type ChannelInput = NonNullable<NetworkInput["channels"]>[number];
type ChaincodeInput = NonNullable<NetworkInput["chaincodes"]>[number];

/** Peers of each organisation of {@link consortium}: two groups of five, over both full zones. */
export const peersOfEach = 10;
/** How many organisations run an ordering node each; so many survive the loss of any zone of the dual-active topology. */
const ordering = 5;

/**
 * A consortium of any size, as its members would write it down: organisations with ten peers each, the first five with an
 * ordering node as well, one channel for everybody, and for each ten organisations a channel of ten to twenty neighbours
 * (fewer where there are fewer), every channel with a chaincode. The same number gives the same network, and a bigger one
 * is as dense as a small one.
 *
 * @param organisations Five or more.
 */
export function consortium(organisations: number): NetworkInput {
  const names = Array.from({ length: organisations }, (_, index) => `bank-${index}`);
  const groups = Math.floor(organisations / 10);
  const channels: ChannelInput[] = [
    { name: "everybody", members: names },
    ...Array.from({ length: groups }, (_, index): ChannelInput => {
      const members = Math.min(organisations, 10 + ((index * 3) % 11));
      return {
        name: `region-${index}`,
        members: Array.from({ length: members }, (__, rank) => `bank-${(10 * index + rank) % organisations}`),
      };
    }),
  ];
  return {
    name: "grand",
    organisations: names.map((name, index) => ({
      name,
      peers: [
        { name: "east", replicas: peersOfEach / 2 },
        { name: "west", replicas: peersOfEach / 2 },
      ],
      ...(index < ordering ? { orderers: { nodes: 1 } } : {}),
    })),
    channels,
    chaincodes: channels.map(({ name }): ChaincodeInput => ({
      name: `assets-${name}`,
      channel: name,
      image: "registry.example.com/assets:1.0",
    })),
  };
}
