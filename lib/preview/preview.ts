import type { Deployable } from "../deploy/program";
import { describeChannel } from "../fabric/channel/preview";
import { packageChaincode } from "../fabric/chaincode-package";
import type { Consortium } from "../fabric/consortium";
import type { Preview } from "./document";
import { recordNetwork, type StackIdentity } from "./record";

/** A network checked and placed, before any of it exists. */
export interface Previewed extends Deployable {
  readonly topology: { readonly title: string };
  readonly consortium: Consortium;
}

/** Records what the Pulumi program would ask for, and puts the channels beside it. Touches no cluster and no engine. */
export async function previewOf(previewed: Previewed, identity: StackIdentity): Promise<Preview> {
  const { settings, placement, topology, consortium } = previewed;
  const { network } = placement;
  const graph = await recordNetwork(previewed, identity);
  return {
    format: "fabric-topologies.dev/preview/v1",
    network: network.name,
    fabric: network.fabric.version,
    topology: { name: settings.topology, title: topology.title },
    organisations: network.organisations.map(({ name, mspId }) => ({ name, mspId })),
    sites: settings.sites.map(({ name, zones }) => ({
      name,
      zones: zones.map((zone) => ({ name: zone.name, witness: zone.witness })),
    })),
    graph: { ...graph, resources: [...graph.resources] },
    channels: consortium.channels.map((channel) => ({
      name: channel.name,
      members: [...channel.members],
      chaincodes: consortium.chaincodes
        .filter((chaincode) => chaincode.channel === channel.name)
        .map((chaincode) => ({
          name: chaincode.name,
          version: chaincode.version,
          sequence: chaincode.sequence,
          packageId: packageChaincode(chaincode).packageId,
        })),
      config: { ...describeChannel(channel, consortium) },
    })),
  };
}
