import { setTimeout as pause } from "node:timers/promises";
import { type ChaincodeEvent, type ProposalOptions, StatusCode, type Transaction } from "@hyperledger/fabric-gateway";
import { common } from "@hyperledger/fabric-protos";
import type { Identity } from "../lib/fabric/identity";
import { firstAnswer, pauseFor } from "./attempts";
import { type EventOptions, followBlocks, followChaincodeEvents, type Followed } from "./events";
import { inWords, mayBeTaken, mayPass, OutcomeUnknown, TransactionInvalid } from "./failures";
import { type GatewayPeer, GatewayPeers, type PeerAddress } from "./gateway-peers";

/** A call of a chaincode's function. */
export interface Call {
  readonly channel: string;
  readonly chaincode: string;
  /** Its name; `<contract>:<name>` where a chaincode has several contracts. */
  readonly function: string;
  readonly arguments: readonly (string | Uint8Array)[];
  /** What the chaincode is to see and no block is to hold. */
  readonly transient?: Readonly<Record<string, string | Uint8Array>>;
  /** MSP ids of those who are to endorse. Without it the gateway finds out by the policies. */
  readonly endorsers?: readonly string[];
}

/** How long to wait for what, in milliseconds. */
export interface Deadlines {
  /** After so long without an evaluation or endorsement another peer is asked too. */
  readonly impatient: number;
  /** An evaluation or endorsement altogether. More than chaincode may take (15 s). */
  readonly answer: number;
  /** One peer, to hand a transaction to an ordering node. Of those it may find two silent, for a second each. */
  readonly submit: number;
  /** From there to the block; then the same envelope is submitted again. Longer than blocks take, or all come twice. */
  readonly commit: number;
  /** A transaction from its endorsement until its outcome counts as unknown. */
  readonly outcome: number;
}

/** A leader is replaced within about 2 s, so a transaction that is not there after 3.5 s was probably lost with one. */
const defaultDeadlines: Deadlines = {
  impatient: 2_500,
  answer: 30_000,
  submit: 2_500,
  commit: 3_500,
  outcome: 120_000,
};

export interface ClientOptions {
  readonly identity: Identity;
  /** Two or more peers of the own organisation, best in different zones. */
  readonly peers: readonly PeerAddress[];
  readonly deadlines?: Partial<Deadlines>;
}

/** A transaction that is in a block, and valid. */
export interface Committed {
  readonly transactionId: string;
  readonly blockNumber: bigint;
  /** What the function returned. */
  readonly result: Uint8Array;
  /** How often the same envelope had to be submitted again. */
  readonly resubmits: number;
}

/** What happens to one transaction on its way; for those who measure. */
export interface Watcher {
  /** An ordering node took it. That is no promise: it is in that node's memory only. */
  accepted?(transactionId: string): void;
  resubmitted?(transactionId: string, why: string): void;
}

/** Calls chaincode through the peers of an organisation, and gets over the loss of any one peer, ordering node or zone. */
export class FabricClient {
  readonly #identity: Identity;
  readonly #peers: GatewayPeers;
  readonly #deadlines: Deadlines;

  constructor({ identity, peers, deadlines }: ClientOptions) {
    this.#identity = identity;
    this.#peers = new GatewayPeers(identity, peers);
    this.#deadlines = { ...defaultDeadlines, ...deadlines };
  }

  /**
   * Asks a chaincode on one peer; the ledger stays as it is.
   * @throws GatewayError; `inWords` says all that it knows.
   */
  async evaluate(call: Call): Promise<Uint8Array> {
    return this.#ask((peer) => proposalOf(peer, call).evaluate(until(this.#deadlines.answer)));
  }

  /**
   * Submits a transaction and waits until it is in a block.
   *
   * An ordering node that accepts a transaction may still lose it, with the leader that had it in memory. So the signed
   * envelope is kept, and submitted again, through another peer, until its outcome is known. The ledger takes a
   * transaction id once only, so this never makes it happen twice; endorsing anew could.
   * @throws GatewayError if it is not endorsed, or no ordering node will ever take it; the ledger stays as it is.
   * @throws TransactionInvalid if it is in a block and invalid.
   * @throws OutcomeUnknown if the network was away for too long.
   */
  async submit(call: Call, watcher: Watcher = {}): Promise<Committed> {
    const transaction = await this.#ask((peer) => proposalOf(peer, call).endorse(until(this.#deadlines.answer)));
    return this.#commit(await this.#sealed(transaction), watcher);
  }

  /**
   * Events that a chaincode set in valid transactions, in the order of the ledger, each once; it goes on with another
   * peer where one is lost. Ends when `signal` says so.
   */
  chaincodeEvents(channel: string, chaincode: string, options: EventOptions = {}): AsyncGenerator<ChaincodeEvent> {
    return followChaincodeEvents(this.#followed(channel), chaincode, options);
  }

  /** Blocks with all that is in them, in order, each once. Otherwise as {@link chaincodeEvents}. */
  blocks(channel: string, options: EventOptions = {}): AsyncGenerator<common.Block> {
    return followBlocks(this.#followed(channel), options);
  }

  close(): void {
    this.#peers.close();
  }

  #followed(channel: string): Followed {
    const info = { channel, chaincode: "qscc", function: "GetChainInfo", arguments: [channel] };
    return {
      channel,
      peers: this.#peers,
      height: async () => common.BlockchainInfo.deserializeBinary(await this.evaluate(info)).getHeight(),
    };
  }

  /** The transaction with its signature, such that every peer of the organisation can submit the very same envelope. */
  async #sealed(transaction: Transaction): Promise<Sealed> {
    const bytes = transaction.getBytes();
    const signature = await this.#identity.sign(transaction.getDigest());
    return {
      id: transaction.getTransactionId(),
      result: transaction.getResult(),
      through: ({ gateway }) => gateway.newSignedTransaction(bytes, signature),
    };
  }

  async #commit(sealed: Sealed, watcher: Watcher): Promise<Committed> {
    const started = Date.now();
    let cause: unknown;
    let accepted = false;
    for (let resubmits = 0; ; resubmits += 1) {
      const [peer] = this.#peers.inTurn() as readonly [GatewayPeer];
      try {
        const submitted = await sealed.through(peer).submit(until(this.#deadlines.submit));
        accepted = true;
        watcher.accepted?.(sealed.id);
        const { blockNumber, code, successful } = await submitted.getStatus(until(this.#deadlines.commit));
        if (!successful) throw new TransactionInvalid(sealed.id, codeName(code), blockNumber);
        return { transactionId: sealed.id, blockNumber, result: sealed.result, resubmits };
      } catch (error) {
        if (error instanceof TransactionInvalid) throw error;
        // Later on it may have been taken without our being told.
        if (resubmits === 0 && !accepted && !mayBeTaken(error)) throw error;
        cause = error;
        this.#peers.failed(peer);
      }
      if (Date.now() - started > this.#deadlines.outcome)
        throw new OutcomeUnknown(sealed.id, Date.now() - started, cause);
      await pause(pauseFor(resubmits + 1, 100));
      watcher.resubmitted?.(sealed.id, inWords(cause));
    }
  }

  #ask<T>(question: (peer: GatewayPeer) => Promise<T>): Promise<T> {
    const { impatient, answer } = this.#deadlines;
    const order = this.#peers.inTurn();
    const ask = async (attempt: number) => {
      const peer = order[attempt % order.length] as GatewayPeer;
      try {
        return await question(peer);
      } catch (error) {
        if (mayPass(error)) this.#peers.failed(peer);
        throw error;
      }
    };
    return firstAnswer(ask, {
      impatientAfterMs: impatient,
      mostAtOnce: order.length + 1,
      withinMs: answer,
      pauseMs: 100,
    });
  }
}

/** An endorsed and signed transaction. */
interface Sealed {
  readonly id: string;
  readonly result: Uint8Array;
  through(peer: GatewayPeer): Transaction;
}

/** Fabric's name of a validation code (`TxValidationCode`). */
function codeName(code: number): string {
  return Object.entries(StatusCode).find(([, number]) => number === code)?.[0] ?? `code ${code}`;
}

const until = (ms: number) => ({ deadline: Date.now() + ms });

function proposalOf({ gateway }: GatewayPeer, call: Call) {
  const options: ProposalOptions = {
    arguments: [...call.arguments],
    ...(call.transient === undefined ? {} : { transientData: { ...call.transient } }),
    ...(call.endorsers === undefined ? {} : { endorsingOrganizations: [...call.endorsers] }),
  };
  return gateway.getNetwork(call.channel).getContract(call.chaincode).newProposal(call.function, options);
}
