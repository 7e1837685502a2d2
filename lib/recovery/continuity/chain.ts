import { createHash } from "node:crypto";
import type { common } from "@hyperledger/fabric-protos";
import { type LedgerEntry, type LedgerPlace, readLedger } from "../../fabric/ledger/block-files";
import { type ChainHeader, dataHashOf, headerHash } from "../../fabric/ledger/header";
import { commitHashOf, flagsOf, isConfigBlock, type StoredBlock } from "../../fabric/ledger/record";
import type { Fault } from "./fault";
import { HashList } from "./hash-list";

/** Up to where a ledger was verified: its last verified block, and where that begins. */
export interface LedgerAnchor extends LedgerPlace {
  /** Number of verified blocks. */
  readonly height: number;
  /** Hash of the last verified block's header, hexadecimal. */
  readonly hash: string;
}

/** What is known of one block, in the order of the chain. */
export interface ChainBlock {
  readonly header: ChainHeader;
  /** Its data hash, made anew from its envelopes; left out where only headers are known. */
  readonly dataHash?: Uint8Array;
  /** Of blocks that a peer has committed. */
  readonly committed?: { readonly commitHash: string; readonly flags: Uint8Array };
  readonly config?: boolean;
  readonly place?: LedgerPlace;
}

/** What a walk over a chain meets. */
type Met = { readonly kind: "block"; readonly block: ChainBlock } | Exclude<LedgerEntry, { readonly kind: "block" }>;

/** A chain as far as it was walked. */
export interface WalkedChain {
  /** Number of its blocks, as a node that opens it would say. */
  readonly height: number;
  /** Number of blocks before the first fault. */
  readonly soundHeight: number;
  /** Hash of the last block's header, hexadecimal; empty where there is none. */
  readonly hash: string;
  /** Height from which this walk began: what is below was verified before. */
  readonly from: number;
  /** Number of the newest config block that this walk has met. */
  readonly lastConfig?: number;
  /** The chain's end for the next walk to begin at; only of sound chains that were read from files. */
  readonly anchor?: LedgerAnchor;
  readonly faults: readonly Fault[];
  /** Hash of the chain's last block when it had this height; undefined where this walk did not come by. */
  hashAt(height: number): string | undefined;
  /** Its commit hash; undefined also where nobody wrote one, as in ordering nodes. */
  commitHashAt(height: number): string | undefined;
  /**
   * Hash over the flags of all transactions up to this height, of walks from the first block: flags that were changed in any
   * block make it another one, which neither header hashes nor the last commit hash do.
   */
  flagsAt(height: number): string | undefined;
}

/** More faults than this tell nobody more. */
const mostFaults = 20;

/**
 * Walks a channel's block files (of peers and ordering nodes alike): numbers and hashes without a gap, data hashes made anew.
 * Takes 0.2 to 0.5 s for a thousand blocks; milliseconds where an anchor spares it what was verified before.
 *
 * From an anchor it reads the anchor's own block again, so that a ledger that was put back behind it or that is another
 * one is found; damage to blocks before the anchor is found by a walk from the first block only.
 */
export function walkFiles(folder: string, anchor?: LedgerAnchor): Promise<WalkedChain> {
  const known = anchor !== undefined && anchor.height > 0 ? anchor : undefined;
  const met = async function* (): AsyncGenerator<Met> {
    for await (const entry of readLedger(folder, known)) yield metIn(entry);
  };
  return walk(met(), known);
}

/**
 * Walks blocks that somebody told, such as qscc's GetBlockByNumber or a peer's Deliver service, in their order.
 * @param before Height and hash that the first one follows; without it, it is the first of the chain.
 */
export function walkBlocks(
  blocks: Iterable<ChainBlock> | AsyncIterable<ChainBlock>,
  before?: Pick<LedgerAnchor, "height" | "hash">,
): Promise<WalkedChain> {
  const met = async function* (): AsyncGenerator<Met> {
    for await (const block of blocks) yield { kind: "block", block };
  };
  return walk(met(), undefined, before);
}

/** A block as a node tells it, by qscc or the Deliver service. */
export function toldBlock(block: common.Block): ChainBlock {
  const header = block.getHeader();
  return chainBlock({
    header: {
      number: header?.getNumber() ?? 0,
      previousHash: header?.getPreviousHash_asU8() ?? new Uint8Array(),
      dataHash: header?.getDataHash_asU8() ?? new Uint8Array(),
    },
    envelopes: block.getData()?.getDataList_asU8() ?? [],
    metadata: block.getMetadata()?.getMetadataList_asU8() ?? [],
  });
}

function metIn(entry: LedgerEntry): Met {
  if (entry.kind !== "block") return entry;
  return { kind: "block", block: { ...chainBlock(entry.block), place: entry.place } };
}

function chainBlock(block: StoredBlock): ChainBlock {
  const commitHash = commitHashOf(block);
  return {
    header: block.header,
    dataHash: dataHashOf(block.envelopes),
    config: isConfigBlock(block),
    ...(commitHash === undefined ? {} : { committed: { commitHash, flags: flagsOf(block) } }),
  };
}

async function walk(
  met: AsyncIterable<Met>,
  anchor: LedgerAnchor | undefined,
  before?: Pick<LedgerAnchor, "height" | "hash">,
): Promise<WalkedChain> {
  const first = anchor === undefined ? (before?.height ?? 0) : anchor.height - 1;
  const hashes = new HashList(first);
  const commits = new HashList(first);
  const flags = new HashList(first);
  const faults: Fault[] = [];
  let height = first;
  // Empty before the first block, unknown behind an unreadable one, and not asked for before an anchor's own.
  let previous = anchor === undefined ? (before?.hash ?? "") : undefined;
  if (previous) hashes.set(first, previous);
  let soundHeight: number | undefined;
  let lastConfig: number | undefined;
  let allFlags = "";
  let lastPlace: LedgerPlace | undefined;
  const found = (fault: Fault): void => {
    soundHeight ??= height;
    faults.push(fault);
  };

  for await (const one of met) {
    if (faults.length >= mostFaults) break;
    if (one.kind === "torn") {
      found({ kind: "torn", number: height, place: one.place, expected: one.expected, present: one.present });
      break;
    }
    if (one.kind === "missing") {
      found({ kind: "missing-file", number: height, place: one.place });
      break;
    }
    if (one.kind === "unreadable") {
      found({ kind: "unreadable", number: height, place: one.place, reason: one.reason });
      height += 1;
      previous = undefined;
      continue;
    }
    const { header, dataHash, committed, config, place } = one.block;
    if (header.number !== height) found({ kind: "number", number: height, found: header.number });
    const named = hex(header.previousHash);
    if (previous !== undefined && named !== previous) {
      found({ kind: "link", number: height, expected: previous, found: named });
    }
    if (dataHash !== undefined && Buffer.compare(dataHash, header.dataHash) !== 0) {
      found({ kind: "data", number: height });
    }
    if (config === true) lastConfig = height;
    height += 1;
    previous = hex(headerHash(header));
    if (height === anchor?.height && previous !== anchor.hash) {
      soundHeight = Math.min(soundHeight ?? first, first);
      faults.push({ kind: "anchor", height, expected: anchor.hash, found: previous });
    }
    hashes.set(height, previous);
    allFlags = createHash("sha256")
      .update(allFlags)
      .update(committed?.flags ?? "")
      .digest("hex");
    if (committed !== undefined) {
      commits.set(height, committed.commitHash);
      if (first === 0) flags.set(height, allFlags);
    }
    lastPlace = place;
  }
  if (anchor !== undefined && height < anchor.height) {
    faults.push({ kind: "anchor", height: anchor.height, expected: anchor.hash });
  }
  const hash = hashes.at(height) ?? "";
  return {
    height,
    soundHeight: soundHeight ?? height,
    hash,
    from: first,
    faults,
    ...(lastConfig === undefined ? {} : { lastConfig }),
    ...(faults.length === 0 && lastPlace !== undefined ? { anchor: { ...lastPlace, height, hash } } : {}),
    hashAt: (wanted) => hashes.at(wanted),
    commitHashAt: (wanted) => commits.at(wanted),
    flagsAt: (wanted) => flags.at(wanted),
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
