import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";
import { isOwnChaincode } from "../sandbox-images";
import { Collected } from "./collected";
import { clientPlace } from "./place";

/**
 * Submits one transaction through a chaincode of this checkout, reads it back, and says in which block it is and how long
 * it took. Gives undefined where the network has no such chaincode.
 * @throws CommandError with what the client said
 */
export async function firstTransaction(plan: Plan): Promise<string | undefined> {
  const chaincode = plan.network.chaincodes.find(({ image }) => isOwnChaincode(image));
  if (chaincode === undefined) return undefined;
  const place = clientPlace(plan, { channel: chaincode.channel });
  const { openClientPod } = await import("./client");
  const pod = await openClientPod(place);
  const call = async (command: "submit" | "evaluate", name: string, ...args: string[]) => {
    const [out, err] = [new Collected(), new Collected()];
    const target = ["--channel", chaincode.channel, "--chaincode", chaincode.name, "--function", name, "--json", "--"];
    const exit = await pod.run([command, ...target, ...args], { out, err });
    if (exit !== 0) {
      throw new CommandError(
        `the first transaction failed: ${err.text.trim() || out.text.trim()}`,
        "see `npx fabric-topologies status --stack sandbox`",
      );
    }
    return JSON.parse(out.text) as { blockNumber: number; latencyMs: number; result: string };
  };
  const value = new Date().toISOString();
  const { blockNumber, latencyMs } = await call("submit", "put", "first", value);
  const { result } = await call("evaluate", "get", "first");
  if (result !== value)
    throw new CommandError(`the ledger says ${result}, not ${value}`, "report this: it must not be");
  return `${place.organisation.name} put a value on ${chaincode.channel} through ${chaincode.name}: block ${blockNumber}, ${latencyMs} ms, and read it back`;
}
