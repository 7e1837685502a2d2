import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { faultText } from "../../lib/recovery/continuity/fault";
import type { Heard } from "../../lib/recovery/continuity/verdict";
import { type CatalogueEntry, newestEntry } from "../../lib/recovery/snapshots/catalogue";
import { type Arrived, receiveSnapshot } from "./arrive";
import { dropBegun, type Kept, pruneKept } from "./keep";
import type { Held, Parcel, Receipt } from "./transport";

export interface ReceiverOptions extends Kept {
  /** Folders of the nodes that every snapshot of the unit must have a ledger of. */
  readonly nodes: readonly string[];
  /** By channel: what heartbeats have told. */
  readonly heard?: () => ReadonlyMap<string, readonly Heard[]>;
}

/** Receives the snapshots of one unit, verifies each, and keeps what its schedule says. */
export class Receiver {
  private busy = false;

  constructor(private readonly of: ReceiverOptions) {}

  /** Deletes what a predecessor was receiving when it was killed. To be called once, before anything arrives. */
  async begin(): Promise<void> {
    await mkdir(this.of.place, { recursive: true });
    await dropBegun(this.of);
  }

  /** What is here as it was sent. */
  held(): readonly Held[] {
    return this.of.catalogue.of(this.of.unit).flatMap((entry): Held[] => {
      const { state } = entry;
      return state === "verified" || state === "bad" ? [toldOf(entry, state)] : [];
    });
  }

  /** Receives one; what is here already stays untouched, and so does everything while another one is on its way. */
  async arrive(parcel: Parcel, stream: Readable): Promise<Receipt> {
    const { catalogue, unit, log } = this.of;
    const before = this.held().find(({ name }) => name === parcel.name);
    if (before?.takenAt === parcel.takenAt) return before;
    if (before !== undefined) return { state: "not-received", why: `another snapshot ${parcel.name} is here already` };
    if (this.busy) return { state: "busy", why: `another snapshot of ${unit} is being received` };
    this.busy = true;
    try {
      const begun: CatalogueEntry = { ...parcel, state: "pending", chains: [] };
      await catalogue.put(begun);
      const arrived = await this.receive(parcel, stream);
      if (arrived.kind === "not-received") {
        await catalogue.drop(parcel.name);
        log("warn", "a snapshot did not arrive", { unit, snapshot: parcel.name, why: arrived.reason });
        return { state: "not-received", why: arrived.reason };
      }
      const entry = this.judged(begun, arrived);
      await catalogue.put(entry);
      const level = entry.state === "verified" ? "info" : "error";
      log(level, `a snapshot is ${entry.state}`, { unit, snapshot: entry.name, chains: entry.chains, why: entry.why });
      // The sender may not have heard of it yet, and then needs the one before.
      await pruneKept(this.of, [parcel.name, parcel.parent]);
      return toldOf(entry, entry.state);
    } finally {
      this.busy = false;
    }
  }

  private async receive({ name }: Parcel, stream: Readable): Promise<Arrived> {
    const { driver, place, catalogue, unit, heard } = this.of;
    const last = newestEntry(catalogue.of(unit).filter(({ state }) => state === "verified"));
    return receiveSnapshot(driver, {
      place,
      snapshot: name,
      stream,
      anchors: new Map(Object.entries(last?.anchors ?? {})),
      ...(heard === undefined ? {} : { heard: heard() }),
      nodes: async (received) => (await readdir(received)).sort().map((node) => join(received, node)),
    });
  }

  private judged(begun: CatalogueEntry, arrived: Exclude<Arrived, { readonly kind: "not-received" }>): Judged {
    const now = new Date(this.of.now()).toISOString();
    const { chains } = arrived;
    const faults = arrived.verdicts.flatMap((verdict) =>
      verdict.faults.map((fault) => `${verdict.name}: ${faultText(fault)}`),
    );
    const missing = this.of.nodes.filter((node) => !chains.some((chain) => chain.node === node));
    const why = [...faults, ...missing.map((node) => `it holds no ledger of ${node}`)].join("; ");
    if (arrived.kind === "bad" || missing.length > 0)
      return { ...begun, state: "bad", arrivedAt: now, chains, why: why === "" ? "it holds no ledger" : why };
    const anchors = Object.fromEntries(arrived.anchors);
    return { ...begun, state: "verified", arrivedAt: now, verifiedAt: now, chains, anchors };
  }
}

type Judged = CatalogueEntry & { readonly state: Held["state"] };

/** What the sender is told: all but how the next walk goes on. */
const toldOf = (
  { name, sequence, takenAt, arrivedAt, verifiedAt, chains, why }: CatalogueEntry,
  state: Held["state"],
): Held => ({
  ...{ name, sequence, takenAt, state, chains },
  ...(arrivedAt === undefined ? {} : { arrivedAt }),
  ...(verifiedAt === undefined ? {} : { verifiedAt }),
  ...(why === undefined ? {} : { why }),
});
