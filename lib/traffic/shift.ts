import { percentagesText, receivers, stepsBetween, type Percentages } from "./percentages";

/**
 * Moving a pool's traffic from one distribution over the sites to another, as a state machine that reads no clock and
 * touches nothing: it is told what the time is and how the sites are, and says which weights shall stand.
 *
 * What holds whatever it is told: every distribution sums to 100; it ends at the target or where it began; and it never
 * chooses a distribution that sends everything to sites that are not well, where one that does not is at hand.
 */

/** What is wanted. */
export interface ShiftPlan {
  /** The pool, as the settings call it: `gateway.<organisation>`. */
  readonly pool: string;
  /** The weights that it began with, letter by letter: these come back where it returns. */
  readonly before: Readonly<Record<string, number>>;
  /** The same in per cent. */
  readonly from: Percentages;
  readonly to: Percentages;
  /** Per cent that change place in one step. */
  readonly step: number;
  /** Milliseconds for which each step must hold. */
  readonly hold: number;
  readonly limits: ShiftLimits;
}

export interface ShiftLimits {
  /** Share of a site's new connections that may fail, from 0 to 1. */
  readonly errors: number;
  /** Times in a row that nobody can say how the sites are. */
  readonly silence: number;
}

/** How a site serves the pool, as the gateways see it. */
export interface SiteReading {
  /** Whether any of its nodes may be sent connections. */
  readonly healthy: boolean;
  /** New connections to it since the step began, and how many of these failed. */
  readonly attempts: number;
  readonly failures: number;
}

/** How every site of the pool serves it. */
export type Readings = Readonly<Record<string, SiteReading>>;

/** Where a shift is. `arrived` and `returned` are its ends. */
export interface ShiftState {
  readonly phase: "moving" | "returning" | "arrived" | "returned";
  /** The distribution that stands: an index of {@link stepsOf}. */
  readonly at: number;
  /** When that distribution came to stand, in milliseconds. */
  readonly since: number;
  /** Times in a row that nobody could say how the sites are. */
  readonly silent: number;
  /** Sites that were not well when they were last heard of. */
  readonly unwell: readonly string[];
  /** Why it returns, for people. */
  readonly reason?: string;
}

/** What the machine is told. */
export interface ShiftTick {
  readonly now: number;
  /** Absent where nobody could say. */
  readonly readings?: Readings;
  /** Somebody wants the weights before back. */
  readonly interrupted?: boolean;
}

/** Connections that are counted as made where fewer were: one failure of three says little. */
const fewest = 20;

/** Every distribution on the way, the first and the last included. */
export function stepsOf({ from, to, step }: ShiftPlan): Percentages[] {
  return stepsBetween(from, to, step);
}

/** A shift of which nothing has been moved yet. */
export function beginning(now: number): ShiftState {
  return { phase: "moving", at: 0, since: now, silent: 0, unwell: [] };
}

/** Whether nothing will change any more. */
export function isOver({ phase }: ShiftState): boolean {
  return phase === "arrived" || phase === "returned";
}

/** The distribution that shall stand. */
export function weightsAt(plan: ShiftPlan, state: ShiftState): Percentages {
  return stepsOf(plan)[state.at] ?? plan.from;
}

/** What becomes of a shift when time goes on. */
export function advance(plan: ShiftPlan, state: ShiftState, tick: ShiftTick): ShiftState {
  if (isOver(state)) return state;
  const heard = hear(state, tick);
  if (heard.phase === "returning") return returned(plan, heard, tick);
  const reason = obstacle(plan, heard, tick);
  if (reason !== undefined) return returned(plan, { ...heard, phase: "returning", reason }, tick);
  // What nobody answers for is not a step that held.
  if (tick.readings === undefined) return heard;
  if (heard.at > 0 && tick.now - heard.since < plan.hold) return heard;
  const last = stepsOf(plan).length - 1;
  return heard.at >= last ? { ...heard, phase: "arrived" } : { ...heard, at: heard.at + 1, since: tick.now };
}

function hear(state: ShiftState, { readings }: ShiftTick): ShiftState {
  if (readings === undefined) return { ...state, silent: state.silent + 1 };
  const unwell = Object.keys(readings).filter((site) => readings[site]?.healthy === false);
  return { ...state, silent: 0, unwell };
}

/** Why a shift must not go on. */
function obstacle(plan: ShiftPlan, state: ShiftState, { readings, interrupted }: ShiftTick): string | undefined {
  if (interrupted === true) return "it was interrupted";
  if (readings === undefined) {
    if (state.silent <= plan.limits.silence) return undefined;
    return `the gateways' statistics could not be read ${state.silent} times in a row`;
  }
  for (const site of receivers(plan.from, plan.to)) {
    const reading = readings[site];
    if (reading === undefined) return `no gateway knows ${site}`;
    if (!reading.healthy) return `${site} has nobody who is well`;
    const rate = reading.failures / Math.max(reading.attempts, fewest);
    if (rate > plan.limits.errors) {
      return `${reading.failures} of ${reading.attempts} connections to ${site} failed, more than ${plan.limits.errors * 100} %`;
    }
  }
  return undefined;
}

/** Goes back at once, unless that would send everything to sites that are not well while what stands does not. */
function returned(plan: ShiftPlan, state: ShiftState, { now }: ShiftTick): ShiftState {
  if (state.at === 0 || !worse(plan.from, weightsAt(plan, state), state.unwell)) {
    return { ...state, phase: "returned", at: 0, since: now };
  }
  return state;
}

function worse(next: Percentages, present: Percentages, unwell: readonly string[]): boolean {
  const lost = (shares: Percentages) =>
    Object.keys(shares).every((site) => shares[site] === 0 || unwell.includes(site));
  return lost(next) && !lost(present);
}

/** Why a shift that returns has not yet, for people; absent where it has, or does not. */
export function waitsFor(plan: ShiftPlan, state: ShiftState): string | undefined {
  if (state.phase !== "returning") return undefined;
  const before = Object.keys(plan.from).filter((site) => (plan.from[site] ?? 0) > 0);
  return `the weights before (${percentagesText(plan.from)}) would send everything to ${before.join(" and ")}, where nobody is well`;
}
