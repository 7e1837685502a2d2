/** The load of a drill: clients of several organisations on every channel, in pods that the failure does not touch. */
import { Writable } from "node:stream";
import type { LoadObservation } from "../../lib/recovery/drill/drill";
import { describeFailure, type Failure } from "../../lib/placement/failure";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";
import { clientPlace, type Avoided } from "../network/place";
import { LoadOutput, type PlannedLoad } from "./load-output";

/** A load that runs. */
export interface RunningLoad {
  readonly planned: PlannedLoad;
  /** Transactions committed so far. */
  committed(): number;
  /** Ends it in good order and gives what it saw. */
  stop(): Promise<LoadObservation>;
}

/** Transactions per second of the clients that only show that their organisation's gateway and channel go on. */
const quietRate = 1;

/** Where no client of a drill lives: it would be lost with what it is to watch. */
export function avoidedBy(failure: Failure): Avoided {
  const words = describeFailure(failure);
  switch (failure.kind) {
    case "node":
    case "zone":
      return { words, has: ({ zone }) => zone === failure.zone };
    case "site":
      return { words, has: ({ site }) => site === failure.site };
    case "city":
      return { words, has: ({ site }) => failure.sites.includes(site) };
    case "pod":
    case "link":
    case "border":
    case "isolation":
      return { words, has: () => false };
  }
}

/** On every channel that has a chaincode a client of each member: the very first at the given rate, the others quietly. */
export function planLoads(plan: Plan, rate: number, avoid: Avoided): PlannedLoad[] {
  const { channels, chaincodes } = plan.network;
  const planned = channels.flatMap((channel) => {
    const chaincode = chaincodes.find((candidate) => candidate.channel === channel.name);
    if (chaincode === undefined) return [];
    return channel.members
      .filter((organisation) => livesOutside(plan, organisation, avoid))
      .map((organisation): PlannedLoad => ({
        organisation,
        channel: channel.name,
        chaincode: chaincode.name,
        rate: quietRate,
      }));
  });
  return planned.map((load, index) => (index === 0 ? { ...load, rate } : load));
}

function livesOutside(plan: Plan, organisation: string, avoid: Avoided): boolean {
  try {
    clientPlace(plan, { organisation, avoid });
    return true;
  } catch (thrown) {
    if (thrown instanceof CommandError) return false;
    throw thrown;
  }
}

/**
 * Starts a load.
 * @param epoch Beginning of the drill, in milliseconds since 1970.
 */
export async function startLoad(plan: Plan, planned: PlannedLoad, avoid: Avoided, epoch: number): Promise<RunningLoad> {
  const { openClientPod } = await import("../network/client");
  const pod = await openClientPod(clientPlace(plan, { organisation: planned.organisation, avoid }));
  const output = new LoadOutput();
  let complaint = "";
  const out = lines((line) => {
    output.take(line, Date.now());
  });
  const err = lines((line) => (complaint += `${line}\n`));
  const stop = new AbortController();
  const ended = pod.run(
    [
      "load",
      ...["--channel", planned.channel, "--chaincode", planned.chaincode, "--rate", String(planned.rate)],
      ...["--gap", "500", "--until-input-ends", "--json"],
    ],
    { out, err },
    stop.signal,
  );
  // Whoever awaits it is told; until then it is nobody's unhandled rejection.
  ended.catch(() => undefined);
  return {
    planned,
    committed: () => output.committed,
    stop: async () => {
      stop.abort();
      await ended;
      const observation = output.observation(planned, epoch);
      if (observation === undefined) {
        throw new CommandError(
          `the load of ${planned.organisation} on ${planned.channel} ended without a summary: ${complaint.trim()}`,
          "see the pod's log, and run the drill again",
        );
      }
      return observation;
    },
  };
}

/** A stream that hands on whole lines. */
function lines(each: (line: string) => void): Writable {
  let rest = "";
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) if (line !== "") each(line);
      done();
    },
  });
}
