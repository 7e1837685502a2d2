import type { NetworkInput } from "../../lib/spec/network";

/** The same network as in network.yaml, for those who would rather compute theirs. */
const network: NetworkInput = {
  name: "minimal",
  organisations: [
    { name: "org1", peers: [{ name: "peer0" }] },
    { name: "ordering", orderers: { nodes: 3 } },
  ],
  channels: [{ name: "records", members: ["org1"] }],
};

export default network;
