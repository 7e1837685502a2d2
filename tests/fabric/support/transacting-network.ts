import { join } from "node:path";
import { FabricClient } from "../../../client/client";
import type { PeerAddress } from "../../../client/gateway-peers";
import type { ConsortiumNode } from "../../../lib/fabric/consortium";
import { loadIdentity } from "../../../lib/fabric/identity";
import { type Agents, agentsOf } from "./agents";
import { type BareNetwork, type BareNetworkInput, startBareNetwork } from "./bare-network";
import { buildChaincode, startChaincode } from "./chaincode";
import { publishIdentities } from "./folder-board";
import { testChaincode, testChannel } from "./network-definition";

/** A bare network with its channels, and its chaincodes running for every member that has peers. */
export interface TransactingNetwork extends BareNetwork {
  readonly agents: Agents;
  /** A client of an organisation's applications, through all its peers or those given. */
  client(organisation: string, options?: ClientChange): FabricClient;
}

export interface ClientChange {
  readonly pods?: readonly string[];
  /** As one of the organisation's clients, if not said otherwise. */
  readonly as?: "client" | "admin";
}

/**
 * Starts a network and lets each organisation's agent code do its part, until nothing is left to do.
 * @param chaincodeFile What `buildChaincode` made; every chaincode of the network runs it.
 */
export async function startTransactingNetwork(
  input: BareNetworkInput,
  chaincodeFile: string,
): Promise<TransactingNetwork> {
  const network = await startBareNetwork(input);
  const agents = agentsOf(network);
  const clients: FabricClient[] = [];
  try {
    await Promise.all(
      input.chaincodes.flatMap((chaincode) =>
        (input.channels.find(({ name }) => name === chaincode.channel)?.members ?? []).map((organisation) =>
          startChaincode(network, organisation, chaincode, chaincodeFile),
        ),
      ),
    );
    await publishIdentities(network, agents.board);
    await agents.settle(network.consortium);
  } catch (error) {
    await network.stop();
    throw error;
  }
  return {
    ...network,
    agents,
    client(organisation, { pods, as = "client" } = {}) {
      const own = network.organisation(organisation);
      const peers = network.consortium.organisations.find(({ name }) => name === organisation)?.peers ?? [];
      const client = new FabricClient({
        identity: loadIdentity(own.mspId, own[as]),
        peers: peers.filter(({ pod }) => pods === undefined || pods.includes(pod)).map(addressOf),
      });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.close();
      await network.stop();
    },
  };
}

/** What a network of two trading organisations may be told. */
export interface TradingNetworkInput extends Pick<BareNetworkInput, "programs" | "peerNames"> {
  readonly channel: string;
  /** One of the examples; it is built in the folder. */
  readonly chaincode: string;
  readonly folder: string;
}

/** Starts amber and basalt with two peers each and clearing with three ordering nodes, on one channel with one chaincode. */
export function startTradingNetwork({
  channel,
  chaincode,
  folder,
  ...input
}: TradingNetworkInput): Promise<TransactingNetwork> {
  const file = join(folder, "chaincode.js");
  buildChaincode(chaincode, file);
  return startTransactingNetwork(
    {
      ...input,
      organisations: [
        { name: "amber", peers: 2 },
        { name: "basalt", peers: 2 },
        { name: "clearing", orderers: 3 },
      ],
      channels: [testChannel(input.programs.version, { name: channel, members: ["amber", "basalt"] })],
      chaincodes: [testChaincode({ name: chaincode, channel })],
    },
    file,
  );
}

const addressOf = ({ pod, host, port }: ConsortiumNode): PeerAddress => ({ name: pod, host, port });
