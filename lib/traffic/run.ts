import type { Weights } from "../ingress/model";
import { percentagesOf, percentagesText, type Percentages } from "./percentages";
import { readRecord, silentAfter, type ShiftRecord } from "./record";
import { readingsSince, type GatewayView } from "./readings";
import { advance, beginning, isOver, weightsAt, type ShiftPlan, type ShiftState } from "./shift";

/** What stands where the truth is. */
export interface Standing {
  readonly weights: Weights;
  /** What a shift last wrote about itself, as it stands there. */
  readonly record?: string;
}

/** Where the weights of a network stand. */
export interface WeightsStore {
  read(): Promise<Standing>;
  /** Writes, unless somebody else has since it was last read or written; then gives false. */
  write(weights: Weights, record: string): Promise<boolean>;
}

/** What a shift needs of the world. */
export interface ShiftWorld {
  readonly store: WeightsStore;
  /** How each gateway that answers sees the sites; none: nobody answered. */
  readonly views: () => Promise<readonly GatewayView[]>;
  readonly now: () => number;
  /** Waits for so many milliseconds, or until the shift is interrupted. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Told after everything that was written. */
  readonly tell: (plan: ShiftPlan, state: ShiftState) => void;
  /** This run of the command. */
  readonly holder: string;
}

/** What is wanted of it. */
export interface ShiftWish extends Pick<ShiftPlan, "pool" | "step" | "hold" | "limits"> {
  /** Absent: what an unfinished shift wanted. */
  readonly to?: Percentages;
  /** Bring back the weights before an unfinished shift. */
  readonly undo?: boolean;
}

/** A shift that cannot begin, with what to do about it. */
class ShiftRefused extends Error {
  override readonly name = "ShiftRefused";

  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/** Milliseconds between two looks at the gateways. */
const look = 1000;
/** Milliseconds after which it says again that it is at it. */
const renewal = 10_000;

/**
 * Moves the traffic of a pool step by step, and back where something is amiss.
 * @param signal Aborted, the weights before are brought back.
 * @returns where it ended
 * @throws ShiftRefused where another shift is under way, or was left unfinished with another target
 */
export async function runShift(world: ShiftWorld, wish: ShiftWish, signal: AbortSignal): Promise<ShiftState> {
  const stood = await world.store.read();
  const { plan, state: begun } = beginningOf(stood, wish, world);
  let state = begun;
  let written = await write(world, plan, state, stood);
  let base = await world.views();
  while (!isOver(state)) {
    const views = await world.views();
    const readings = views.length === 0 ? {} : { readings: readingsSince(base, views) };
    const interrupted = signal.aborted || wish.undo === true;
    const next = advance(plan, state, { now: world.now(), interrupted, ...readings });
    const moved = next.at !== state.at || next.phase !== state.phase;
    state = next;
    if (moved || world.now() - written > renewal) written = await write(world, plan, state);
    if (moved) base = views;
    if (!isOver(state)) await world.sleep(look, state.phase === "moving" ? signal : undefined);
  }
  return state;
}

/** What is to be done, given what stands: a new shift, or one that somebody left. */
function beginningOf(
  { weights, record }: Standing,
  { pool, to, step, hold, limits }: ShiftWish,
  { now }: ShiftWorld,
): { readonly plan: ShiftPlan; readonly state: ShiftState } {
  const left = record === undefined ? undefined : unfinished(readRecord(record));
  if (left !== undefined) {
    const wanted = percentagesText(left.plan.to);
    const silent = now() - left.renewed;
    if (silent < silentAfter) {
      throw new ShiftRefused(
        `a shift of ${left.plan.pool} to ${wanted} is under way (${left.holder})`,
        `wait until it is over, or, if it was killed, another ${Math.ceil((silentAfter - silent) / 1000)} s`,
      );
    }
    const same = left.plan.pool === pool && (to === undefined || isSame(left.plan.to, to));
    if (!same) {
      throw new ShiftRefused(
        `a shift of ${left.plan.pool} to ${wanted} was left unfinished (${left.holder})`,
        `finish it with \`shift ${left.plan.pool} --resume\`, or take it back with \`shift ${left.plan.pool} --undo\``,
      );
    }
    return { plan: left.plan, state: { ...left.state, since: now(), silent: 0 } };
  }
  if (to === undefined) throw new ShiftRefused("no shift was left unfinished", "say where to, such as aws-prod=90");
  const before = standingWeights(weights, pool, to);
  return { plan: { pool, step, hold, limits, before, from: percentagesOf(before), to }, state: beginning(now()) };
}

const unfinished = (record: ShiftRecord) => (isOver(record.state) ? undefined : record);

/** What a pool has now; every site that is to have something must be in it. */
function standingWeights(weights: Weights, pool: string, to: Percentages): Readonly<Record<string, number>> {
  const own = weights[pool];
  if (own === undefined) {
    throw new ShiftRefused(
      `no pool ${pool} where the weights stand`,
      `name one of: ${Object.keys(weights).join(", ") || "none"}`,
    );
  }
  const sites = Object.keys(own);
  const strange = Object.keys(to).filter((site) => !sites.includes(site));
  if (strange.length > 0) {
    throw new ShiftRefused(`${strange.join(" and ")} with nothing of ${pool}`, `name sites of: ${sites.join(", ")}`);
  }
  return own;
}

/** Writes what shall stand; looks first who else has written. */
async function write(world: ShiftWorld, plan: ShiftPlan, state: ShiftState, stood?: Standing): Promise<number> {
  const renewed = world.now();
  const record = JSON.stringify({ plan, state, holder: world.holder, renewed } satisfies ShiftRecord);
  const own = state.at === 0 ? plan.before : weightsAt(plan, state);
  for (let seen = stood; ; seen = undefined) {
    const { weights } = seen ?? (await readMine(world));
    if (await world.store.write({ ...weights, [plan.pool]: own }, record)) break;
  }
  world.tell(plan, state);
  return renewed;
}

async function readMine({ store, holder, now }: ShiftWorld): Promise<Standing> {
  const standing = await store.read();
  const other = standing.record === undefined ? undefined : unfinished(readRecord(standing.record));
  if (other !== undefined && other.holder !== holder && now() - other.renewed < silentAfter) {
    throw new ShiftRefused(`a shift of ${other.plan.pool} began meanwhile (${other.holder})`, "wait until it is over");
  }
  return standing;
}

function isSame(a: Percentages, b: Percentages): boolean {
  return [...Object.keys(a), ...Object.keys(b)].every((site) => (a[site] ?? 0) === (b[site] ?? 0));
}
