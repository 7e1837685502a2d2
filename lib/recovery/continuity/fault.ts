import type { LedgerPlace } from "../../fabric/ledger/block-files";

/**
 * One thing that is wrong with a ledger, or with a copy of one. Any of them means: it is not opened. Blocks are named by
 * their number (the first is 0), chains by their height (the number of their blocks).
 */
export type Fault =
  /** The files end within a block. */
  | {
      readonly kind: "torn";
      readonly number: number;
      readonly place: LedgerPlace;
      readonly expected: number;
      readonly present: number;
    }
  /** What is stored is no block. */
  | { readonly kind: "unreadable"; readonly number: number; readonly place: LedgerPlace; readonly reason: string }
  | { readonly kind: "missing-file"; readonly number: number; readonly place: LedgerPlace }
  /** A block with another number than its place in the chain. */
  | { readonly kind: "number"; readonly number: number; readonly found: number }
  /** A block that does not name the one before it. */
  | { readonly kind: "link"; readonly number: number; readonly expected: string; readonly found: string }
  /** Transactions that are not those of the block's header. */
  | { readonly kind: "data"; readonly number: number }
  /** What was verified before has changed since. */
  | { readonly kind: "anchor"; readonly height: number; readonly expected: string; readonly found?: string }
  /** Somebody has told another hash at this height. */
  | {
      readonly kind: "heard";
      readonly height: number;
      readonly heard: string;
      readonly found: string;
      readonly from?: string;
    }
  /** Two ledgers are two chains: `common` blocks are the same in both, the next one is not. */
  | { readonly kind: "fork"; readonly with: string; readonly common: number }
  /** The same blocks, and not the same of their transactions taken for valid. */
  | { readonly kind: "transactions"; readonly with: string; readonly height: number }
  /** The state database is damaged, whatever the blocks say. */
  | { readonly kind: "state"; readonly reason: string }
  /** A snapshot that did not arrive as a whole. */
  | { readonly kind: "half-received"; readonly reason: string };

const at = ({ file, offset }: LedgerPlace): string => `blockfile_${String(file).padStart(6, "0")}, byte ${offset}`;

/** A fault in a sentence for the person who has to decide something. */
export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case "torn":
      return (
        `block ${fault.number} is torn: the files end within it (${at(fault.place)}: ` +
        `${fault.expected > 0 ? `${fault.expected} bytes announced, ` : ""}${fault.present} there)`
      );
    case "unreadable":
      return `block ${fault.number} cannot be read (${at(fault.place)}: ${fault.reason})`;
    case "missing-file":
      return `blocks from ${fault.number} on are missing (no ${at(fault.place)})`;
    case "number":
      return `block ${fault.found} stands where block ${fault.number} must be`;
    case "link":
      return `block ${fault.number} does not follow block ${fault.number - 1}: it names ${short(fault.found)}, that is ${short(fault.expected)}`;
    case "data":
      return `block ${fault.number} holds other transactions than its header says: bytes of it were changed`;
    case "anchor":
      return fault.found === undefined
        ? `the chain was verified up to height ${fault.height} before, and now it ends earlier`
        : `height ${fault.height} was verified as ${short(fault.expected)} before, and now it is ${short(fault.found)}`;
    case "heard":
      return `at height ${fault.height} ${fault.from ?? "a heartbeat"} said ${short(fault.heard)}, here it is ${short(fault.found)}: another chain`;
    case "fork":
      return fault.common === 0
        ? `${fault.with} is another chain from its first block on`
        : `${fault.with} is another chain from block ${fault.common} on; the ${fault.common} blocks before are the same`;
    case "transactions":
      return `${fault.with} has taken other transactions for valid up to height ${fault.height}, in the same blocks`;
    case "state":
      return `the state database is damaged: ${fault.reason}`;
    case "half-received":
      return `the snapshot did not arrive as a whole: ${fault.reason}`;
  }
}

/** What to do about it: one imperative sentence. */
export function remedyOf(fault: Fault): string {
  switch (fault.kind) {
    case "torn":
    case "unreadable":
    case "missing-file":
    case "number":
    case "link":
    case "data":
    case "anchor":
      return "take the next older verified snapshot, or let a new peer fetch the chain from the ordering nodes";
    case "heard":
    case "fork":
      return "open neither; decide by hand which chain is to go on, and roll the others back to the last common block";
    case "transactions":
      return "take a copy of the blocks from a peer whose commit hash most organisations have";
    case "state":
      return "remove state and history databases of the copy, so that the peer makes them anew from the verified blocks";
    case "half-received":
      return "delete it at the receiver and send it again from the last common snapshot";
  }
}

/** As much of a hash as a person compares. */
const short = (hash: string): string => (hash.length > 16 ? `${hash.slice(0, 12)}…` : hash === "" ? "nothing" : hash);
