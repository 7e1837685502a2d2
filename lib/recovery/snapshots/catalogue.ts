import type { LedgerAnchor } from "../continuity/chain";
import type { Snapshot } from "./prune";

/** Where one node's ledger of one channel ends within a snapshot. */
export interface CataloguedChain {
  /** The node's folder within the unit. */
  readonly node: string;
  readonly channel: string;
  /** Number of its blocks. */
  readonly height: number;
  /** Hash of the last block's header, hexadecimal. */
  readonly hash: string;
}

/** What is known of one snapshot of a unit. Times are ISO 8601. */
export interface CatalogueEntry {
  readonly name: string;
  /** Whose it is: all consenters of a center, or a peer. */
  readonly unit: string;
  /** Counts up with every snapshot of the unit, whatever clocks do. */
  readonly sequence: number;
  readonly takenAt: string;
  /** When all of it was at the receiver. */
  readonly arrivedAt?: string;
  /** When its ledgers were found continuous there. */
  readonly verifiedAt?: string;
  /** As the pruner has it; at the sender `ready` until the receiver has told more. */
  readonly state: Snapshot["state"];
  /** The one that it was sent as the difference from. */
  readonly parent?: string;
  /** Empty until it has arrived. */
  readonly chains: readonly CataloguedChain[];
  /** How far each ledger was verified, for the walk over the next; by the receiver's keys. */
  readonly anchors?: Readonly<Record<string, LedgerAnchor>>;
  /** What is wrong with it, where it is bad. */
  readonly why?: string;
}

const states: readonly string[] = ["pending", "ready", "verified", "bad"] satisfies readonly Snapshot["state"][];

/**
 * The entries of a catalogue's text.
 * @throws Error that says what of it is none; nothing is guessed, for what is not known might be deleted.
 */
export function parseCatalogue(text: string): readonly CatalogueEntry[] {
  const parsed: unknown = JSON.parse(text);
  const { version, snapshots } = fieldsOf(parsed);
  if (version !== 1) throw new Error(`its version is ${JSON.stringify(version)}, and 1 is what can be read`);
  if (!Array.isArray(snapshots)) throw new Error("it has no list of snapshots");
  return snapshots.map((one: unknown, index) => {
    const { name, unit, sequence, takenAt, state, chains } = fieldsOf(one);
    const sound =
      [name, unit, takenAt].every((field) => typeof field === "string") &&
      Number.isSafeInteger(sequence) &&
      states.includes(String(state)) &&
      !Number.isNaN(Date.parse(String(takenAt))) &&
      Array.isArray(chains);
    if (!sound) throw new Error(`its snapshot ${index + 1} (${String(name)}) is not whole`);
    return one as CatalogueEntry;
  });
}

/** The text of a catalogue, for {@link parseCatalogue} and for people. */
export const catalogueText = (snapshots: readonly CatalogueEntry[]): string =>
  `${JSON.stringify({ version: 1, snapshots }, undefined, 2)}\n`;

/** Entries as the pruner wants them. */
export function prunable(entries: readonly CatalogueEntry[], tier: string): Snapshot[] {
  return entries.map(({ name, sequence, takenAt, state, chains }) => ({
    name,
    tier,
    sequence,
    takenAt: Date.parse(takenAt) / 1000,
    state,
    ...(chains.length === 0 ? {} : { height: Math.min(...chains.map(({ height }) => height)) }),
  }));
}

/** The newest of some entries, by their sequence. */
export function newestEntry(entries: readonly CatalogueEntry[]): CatalogueEntry | undefined {
  return entries.reduce<CatalogueEntry | undefined>(
    (best, one) => (best === undefined || one.sequence > best.sequence ? one : best),
    undefined,
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error("it is no object");
  return value as Readonly<Record<string, unknown>>;
}
