import { packageChaincode } from "../../lib/fabric/chaincode-package";
import type { ConsortiumChannel } from "../../lib/fabric/consortium";
import type { NodeConnection } from "../fabric/connection";
import { agreeOnChaincode } from "./agree-on-chaincode";
import { currentConfig, hasMember, servedConfig } from "./channel-config";
import { type Condition, isNotSo, isUnseen } from "./condition";
import { configureChannel } from "./configure-channel";
import { createChannel } from "./create-channel";
import { installChaincode } from "./install-chaincode";
import { joinOrderers } from "./join-orderers";
import { joinPeers } from "./join-peers";
import { collectMaterials } from "./materials";
import { Pass, type ReconcileOptions } from "./pass";

/**
 * One pass over everything that the organisation has to do: create channels, let orderers and peers join, agree on
 * configs and chaincodes. Each step looks first whether it is done, by asking the nodes, so a pass may end anywhere, be
 * repeated at any time, and run beside another one. Nothing waits for somebody else: what is not possible yet is told,
 * and the next pass goes on.
 * @returns What is so and what is not, in the order of the work.
 * @throws RangeError if the model does not hold the organisation.
 */
export async function reconcile(options: ReconcileOptions): Promise<readonly Condition[]> {
  const { materials, conditions } = await collectMaterials(options.consortium, options.board, options.site);
  const pass = new Pass(options, materials);
  try {
    const told = await Promise.all(
      options.consortium.channels.map((channel) =>
        pass.isMember(channel) || orders(pass) ? reconcileChannel(pass, channel) : leaveChannel(pass, channel),
      ),
    );
    return [...conditions, ...told.flat()];
  } finally {
    pass.close();
  }
}

function orders({ own }: Pass): boolean {
  return own.orderers.length > 0;
}

/** One that the model no longer names has a say in its own leaving as long as the channel's config names it. */
async function leaveChannel(pass: Pass, channel: ConsortiumChannel): Promise<readonly Condition[]> {
  // Whoever never was a member gets no answer from a channel, and has nothing to do there.
  const current = await servedConfig(pass, channel);
  if (typeof current === "string" || !hasMember(current, pass.own.mspId)) return [];
  return configureChannel(pass, channel, current);
}

async function reconcileChannel(pass: Pass, channel: ConsortiumChannel): Promise<readonly Condition[]> {
  const { genesis, conditions: created } = await createChannel(pass, channel);
  if (genesis === undefined) return created;
  const orderers = await joinOrderers(pass, channel, genesis);
  const current = await currentConfig(pass, channel);
  const configured =
    typeof current === "string"
      ? [isUnseen("ChannelConfigured", `channel/${channel.name}`, "OrderingUnavailable", current)]
      : await configureChannel(pass, channel, current);
  if (!pass.isMember(channel)) return [...created, ...orderers, ...configured];
  const peers = await joinPeers(pass, channel, genesis, current);
  const chaincodes = await reconcileChaincodes(pass, channel, peers.connections);
  return [...created, ...orderers, ...configured, ...peers.conditions, ...chaincodes];
}

async function reconcileChaincodes(
  pass: Pass,
  channel: ConsortiumChannel,
  peers: readonly NodeConnection[],
): Promise<readonly Condition[]> {
  const conditions: Condition[] = [];
  if (pass.here.peers.length === 0) return conditions;
  for (const chaincode of pass.consortium.chaincodes.filter((one) => one.channel === channel.name)) {
    const object = `chaincode/${channel.name}/${chaincode.name}`;
    const wanted = packageChaincode(chaincode);
    conditions.push(await installChaincode(pass, chaincode, wanted, peers));
    const [first] = peers;
    if (first === undefined) {
      const message = `no own peer has joined ${channel.name} and answers`;
      conditions.push(isNotSo("ChaincodeApproved", object, "AwaitsPeers", message));
    } else {
      conditions.push(...(await agreeOnChaincode(pass, channel, chaincode, wanted, first)));
    }
  }
  return conditions;
}
