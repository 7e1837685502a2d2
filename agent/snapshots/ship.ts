import { type CatalogueEntry, newestEntry } from "../../lib/recovery/snapshots/catalogue";
import { pause } from "../kubernetes/pause";
import { inWords } from "../fabric/problem";
import { runCommands, runPipeline } from "./commands";
import { dropBegun, type Kept, pruneKept } from "./keep";
import type { Held, Transport } from "./transport";

export interface ShipperOptions extends Kept {
  /** What is taken snapshots of: a subvolume with all nodes of the unit. */
  readonly source: string;
  readonly transport: Transport;
}

/**
 * Takes snapshots of a unit and sends each as the difference from the newest that the receiver has too. Nothing queues:
 * after an outage the next snapshot carries all that is missing.
 */
export class Shipper {
  /** Parents that the receiver has by name, and that an increment did not apply to. */
  private readonly unfit = new Set<string>();
  /** The highest number that the receiver knows: more than the own where the own catalogue was lost. */
  private seen = 0;

  constructor(private readonly of: ShipperOptions) {}

  /** Cleans up after a predecessor that was killed. To be called once, before the first {@link Shipper.cycle}. */
  begin(): Promise<void> {
    return dropBegun(this.of);
  }

  /**
   * Takes a snapshot, sends it, and prunes.
   * @returns The snapshot as it is known now: `verified` or `bad` at the receiver.
   * @throws Error where it could not be taken, or was not received; the next cycle begins from the last common one.
   */
  async cycle(): Promise<CatalogueEntry> {
    const taken = await this.take();
    try {
      const sent = await this.send(taken);
      await pruneKept(this.of, [sent.name, sent.parent]);
      return sent;
    } catch (error) {
      const common = newestEntry(this.own().filter(({ arrivedAt }) => arrivedAt !== undefined));
      await pruneKept(this.of, [common?.name, common?.parent, taken.name]);
      throw error;
    }
  }

  private own(): readonly CatalogueEntry[] {
    return this.of.catalogue.of(this.of.unit);
  }

  private path(name: string): string {
    return this.of.driver.shipping.received(this.of.place, name);
  }

  private async take(): Promise<CatalogueEntry> {
    const { unit, source, driver, catalogue, now } = this.of;
    const sequence = Math.max(this.seen, newestEntry(this.own())?.sequence ?? 0) + 1;
    const name = `${unit}-${String(sequence).padStart(8, "0")}`;
    const begun = {
      name,
      unit,
      sequence,
      takenAt: new Date(now()).toISOString(),
      state: "pending",
      chains: [],
    } as const;
    await catalogue.put(begun);
    await runCommands(driver.take(source, this.path(name)));
    const taken = { ...begun, state: "ready" } as const;
    await catalogue.put(taken);
    return taken;
  }

  private async send(taken: CatalogueEntry): Promise<CatalogueEntry> {
    const { unit, driver, catalogue, transport } = this.of;
    const held = await transport.held(unit);
    this.seen = Math.max(this.seen, ...held.map(({ sequence }) => sequence));
    // Answers that were lost on the way are made up for here.
    for (const entry of this.own()) await this.learn(entry, held);
    const common = newestEntry(this.own().filter((one) => told(one, held) !== undefined && !this.unfit.has(one.name)));
    const sending = { ...taken, ...(common === undefined ? {} : { parent: common.name }) };
    const parent = common === undefined ? undefined : this.path(common.name);
    const receipt = await transport.send(sending, (output) =>
      runPipeline(driver.shipping.send(this.path(taken.name), parent), { output }),
    );
    if (receipt.state === "not-received" || receipt.state === "busy") {
      if (receipt.state === "not-received" && common !== undefined) this.unfit.add(common.name);
      throw new Error(`${taken.name} was not received: ${receipt.why}`);
    }
    const sent = { ...sending, ...receipt };
    await catalogue.put(sent);
    return sent;
  }

  private async learn(entry: CatalogueEntry, held: readonly Held[]): Promise<void> {
    const one = told(entry, held);
    if (one !== undefined && one.state !== entry.state) await this.of.catalogue.put({ ...entry, ...one });
  }
}

/** The same snapshot at the receiver; not one that only has its name. */
const told = ({ name, takenAt }: CatalogueEntry, held: readonly Held[]): Held | undefined =>
  held.find((one) => one.name === name && one.takenAt === takenAt);

/**
 * Ships at every multiple of so many seconds of the wall clock until the signal ends it. A cycle that takes longer leaves out
 * the slots that pass meanwhile. What fails is told, and the next slot comes.
 */
export async function shipEvery(
  shipper: Shipper,
  { unit, log, now, schedule }: Pick<Kept, "unit" | "log" | "now" | "schedule">,
  signal: AbortSignal,
): Promise<void> {
  const seconds = schedule.trigger.kind === "every" ? schedule.trigger.seconds : 60;
  await shipper.begin();
  while (!signal.aborted) {
    const began = now();
    try {
      const { name, state, parent, chains, why } = await shipper.cycle();
      const told = { unit, snapshot: name, parent, milliseconds: now() - began };
      if (state === "bad") log("error", "the receiver found a snapshot's ledgers damaged", { ...told, why });
      else log("info", "a snapshot is verified at the receiver", { ...told, chains });
    } catch (error) {
      log("error", "no snapshot has reached the receiver", { unit, why: inWords(error) });
    }
    const time = now();
    await pause(seconds * 1000 - (time % (seconds * 1000)), signal);
  }
}
