import { readFileSync } from "node:fs";
import { type ChaincodeEvent, checkpointers } from "@hyperledger/fabric-gateway";
import type { common } from "@hyperledger/fabric-protos";
import type { Consortium } from "../lib/fabric/consortium";
import { loadIdentity } from "../lib/fabric/identity";
import { type CallInput, readCallInput } from "./call-input";
import { type Call, FabricClient } from "./client";
import type { CallOptions, ClientOptions, EventsOptions, LoadCommandOptions } from "./command-options";
import { inWords, OutcomeUnknown } from "./failures";
import { poolAddresses } from "./gateway-peers";
import { runLoad } from "./load";
import type { LoadSummary } from "./load-record";

/** What the commands of `client` do; each sets the exit code. */

export async function submit(args: readonly string[], options: CallOptions): Promise<void> {
  await withClient(options, async (client) => {
    const call = await callOf(args, options);
    const begin = Date.now();
    const { transactionId, blockNumber, result, resubmits } = await client.submit(call);
    const text = Buffer.from(result).toString("utf8");
    const latencyMs = Date.now() - begin;
    const told = { transactionId, blockNumber: Number(blockNumber), latencyMs, resubmits, result: text };
    print(options, told, `${text === "" ? "" : `${text}\n`}committed in block ${blockNumber} after ${latencyMs} ms`);
  });
}

export async function evaluate(args: readonly string[], options: CallOptions): Promise<void> {
  await withClient(options, async (client) => {
    const result = Buffer.from(await client.evaluate(await callOf(args, options))).toString("utf8");
    print(options, { result }, result);
  });
}

export async function events(options: EventsOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { channel, chaincode, from, checkpoint, count = Infinity } = options;
    const stop = stopWhenAsked(options);
    const follow = {
      signal: stop.signal,
      ...(from === undefined ? {} : { startBlock: BigInt(from) }),
      ...(checkpoint === undefined ? {} : { checkpointer: await checkpointers.file(checkpoint) }),
      onLoss: (peer: string, why: string) => complain(`lost ${peer}, going on with another peer: ${why}`),
    };
    let seen = 0;
    const show = (told: Told) => {
      print(options, told, Object.values(told).join(" "));
      seen += 1;
      return seen < count;
    };
    if (options.blocks === true) {
      for await (const block of client.blocks(channel, follow)) if (!show(blockTold(block))) break;
    } else {
      for await (const event of client.chaincodeEvents(channel, chaincode, follow)) if (!show(eventTold(event))) break;
    }
  });
}

export async function load(options: LoadCommandOptions): Promise<void> {
  await withClient(options, async (client) => {
    const stop = stopWhenAsked(options);
    const summary = await runLoad(client, {
      channel: options.channel,
      chaincode: options.chaincode,
      pace: options.inFlight === undefined ? { rate: options.rate } : { inFlight: options.inFlight },
      ...(options.seconds === undefined ? {} : { durationMs: options.seconds * 1000 }),
      signal: stop.signal,
      reportGapsFromMs: options.gap,
      verify: options.verify,
      onProgress: (progress) =>
        print(
          options,
          { type: "progress", ...progress },
          `${seconds(progress.elapsedMs)}: ${progress.committed} committed, ${progress.inFlight} on their way, ` +
            `${progress.failed} failed, ${progress.resubmits} submitted again`,
        ),
      onGap: ({ end, lengthMs }) =>
        print(options, { type: "gap", end, lengthMs }, `no commit for ${seconds(lengthMs)}, until ${end}`),
    });
    print(options, { type: "summary", ...summary }, inLines(summary));
    if (lostSomething(summary)) process.exitCode = 1;
  });
}

type Told = Readonly<Record<string, unknown>>;

function lostSomething({ failed, acceptedNeverCommitted, verification }: LoadSummary): boolean {
  return failed > 0 || acceptedNeverCommitted.count > 0 || (verification?.missing.length ?? 0) > 0;
}

async function withClient(options: ClientOptions, use: (client: FabricClient) => Promise<void>): Promise<void> {
  let client: FabricClient | undefined;
  try {
    client = clientOf(options);
    await use(client);
  } catch (error) {
    complain(inWords(error));
    process.exitCode = error instanceof OutcomeUnknown ? 3 : 1;
  } finally {
    client?.close();
    // Whoever runs this from afar leaves it open, and it would keep us.
    process.stdin.pause();
  }
}

function clientOf(options: ClientOptions): FabricClient {
  const { organisations } = JSON.parse(readFileSync(options.model, "utf8")) as Consortium;
  const own = organisations.find(({ name }) => name === options.organisation);
  if (own === undefined) {
    const known = organisations.map(({ name }) => name).join(", ");
    throw new Error(`${options.model} has no organisation ${options.organisation}; it has ${known}`);
  }
  const peers = own.peers.filter(({ pod }) => options.peer?.includes(pod) ?? true);
  if (peers.length === 0) {
    const known = own.peers.map(({ pod }) => pod).join(", ") || "none";
    const asked = options.peer === undefined ? "" : ` ${options.peer.join(", ")}`;
    throw new Error(`${own.name} has no peer${asked}; its peers: ${known}`);
  }
  return new FabricClient({
    identity: loadIdentity(own.mspId, options.identity),
    peers:
      options.through === undefined
        ? peers.map(({ pod, host, port }) => ({ name: pod, host, port }))
        : poolAddresses(options.through),
  });
}

async function callOf(args: readonly string[], options: CallOptions): Promise<Call> {
  const input: CallInput =
    options.fromInput === true ? await readCallInput(process.stdin) : { ...options, arguments: args };
  return {
    channel: options.channel,
    chaincode: options.chaincode,
    function: options.function,
    arguments: input.arguments,
    ...(input.transient === undefined ? {} : { transient: input.transient }),
    ...(options.endorser === undefined ? {} : { endorsers: options.endorser }),
  };
}

function eventTold({ blockNumber, transactionId, eventName, payload }: ChaincodeEvent): Told {
  const text = Buffer.from(payload).toString("utf8");
  return { blockNumber: Number(blockNumber), transactionId, event: eventName, payload: text };
}

function blockTold(block: common.Block): Told {
  const header = block.getHeader();
  const transactions = block.getData()?.getDataList_asU8().length ?? 0;
  const dataHash = Buffer.from(header?.getDataHash_asU8() ?? []).toString("hex");
  return { blockNumber: header?.getNumber() ?? 0, dataHash, transactions };
}

function inLines(summary: LoadSummary): string {
  const { latencies, verification, acceptedNeverCommitted } = summary;
  return [
    `${summary.committed} of ${summary.started} committed, ${summary.throughput} each second; ${summary.failed} failed`,
    latencies === undefined
      ? "no latencies, since nothing was committed"
      : `latency p50 ${latencies.p50} ms, p95 ${latencies.p95} ms, p99 ${latencies.p99} ms, at most ${latencies.max} ms`,
    `longest time without a commit: ${seconds(summary.longestGapMs)}`,
    ...summary.gaps.map(({ start, lengthMs }) => `  ${seconds(lengthMs)} from ${start}`),
    `${summary.resubmitted} submitted again, ${summary.resubmits} times in all`,
    `${acceptedNeverCommitted.count} accepted by an ordering node and never committed`,
    ...(summary.skipped === 0 ? [] : [`${summary.skipped} not started: too many were on their way`]),
    ...(verification === undefined
      ? []
      : [`${verification.keys - verification.missing.length} of ${verification.keys} committed keys read back`]),
    ...summary.errors.map(({ message, count }) => `  ${count} times: ${message}`),
  ].join("\n");
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function print({ json }: Pick<ClientOptions, "json">, told: Told, text: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(told) : text}\n`);
}

function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** Ends the work on a signal, and where asked for, when nobody is there any more at the other end of standard input. */
function stopWhenAsked({ untilInputEnds }: { readonly untilInputEnds?: true }): AbortController {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  if (untilInputEnds === true) process.stdin.once("end", () => stop.abort()).resume();
  return stop;
}
