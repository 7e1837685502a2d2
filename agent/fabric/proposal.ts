import { peer } from "@hyperledger/fabric-protos";
import { type Call, signedProposal } from "../../lib/fabric/envelope";
import { deadlines, type NodeConnection } from "./connection";
import type { AdminIdentity } from "./identity";
import { Refusal } from "./problem";

/**
 * Asks one peer to run a chaincode and gives its answer. Nothing is ordered: for questions, and for what concerns this
 * peer only, such as joining a channel.
 * @throws Refusal with the peer's status and words unless it answered 200.
 */
export async function callChaincode(
  connection: NodeConnection,
  identity: AdminIdentity,
  call: Call,
  withinMs: number = deadlines.query,
): Promise<Uint8Array> {
  const { proposal } = await signedProposal(call, identity);
  const answer = await connection.ask(peer.EndorserService.processProposal, proposal, withinMs);
  const response = answer.getResponse();
  const status = response?.getStatus() ?? 0;
  if (status !== 200) throw new Refusal(connection.node.pod, status, response?.getMessage() ?? "no response");
  return response?.getPayload_asU8() ?? new Uint8Array();
}
