import { setTimeout as pause } from "node:timers/promises";
import type { Failure } from "../../lib/placement/failure";
import { severalSites } from "../../lib/placement/node";
import { longestSilence } from "../../lib/placement/timing";
import {
  predictionOf,
  type Comparison,
  type DrillEvent,
  type DrillReport,
  type Manner,
} from "../../lib/recovery/drill/drill";
import { findingsOf, observe } from "../../lib/recovery/drill/judge";
import type { Plan } from "../../topologies/plan";
import { CommandError, messageOf } from "../errors";
import { livePods } from "../live-pods";
import type { Breaking } from "./breaking";
import { compared, identitiesNow } from "./identities";
import { untilLevel } from "./ledgers";
import { avoidedBy, planLoads, startLoad, type RunningLoad } from "./loads";

export interface DrillOptions {
  readonly plan: Plan;
  readonly failure: Failure;
  readonly manner: Manner;
  readonly breaking: Breaking;
  /** Transactions per second of the first client; every other one submits quietly. */
  readonly rate: number;
  /** Seconds that it stays broken. */
  readonly seconds: number;
  /** Told of each event as it happens. */
  readonly onEvent: (event: DrillEvent) => void;
  /** Ends the drill early: what was broken is healed, the loads end, and the drill is rejected with an AbortError. */
  readonly signal?: AbortSignal;
}

/** Seconds of load before it is broken, and after it is healed. */
const settle = { before: 10, after: 15 } as const;
/** Seconds that clients may take until their first commits, and ledgers until they are level again. */
const patience = { start: 60, level: 180 } as const;

/**
 * Runs load, breaks the thing, heals it, and looks at what clients saw and at every ledger. What was broken is healed
 * however the drill ends. What cannot be looked at afterwards is told as an event, and costs no report.
 */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const { plan, failure, manner, breaking, rate, seconds, signal } = options;
  const epoch = Date.now();
  const events: DrillEvent[] = [];
  const now = () => (Date.now() - epoch) / 1000;
  const note = (what: string) => {
    const event = { at: now(), what };
    events.push(event);
    options.onEvent(event);
  };
  const avoid = avoidedBy(failure);
  const grace = longestSilence(plan.timing, failure);
  const planned = planLoads(plan, rate, avoid);
  if (planned.length === 0)
    throw new CommandError("no channel has a chaincode that a load could call", "add one to the network file");

  const loads: RunningLoad[] = [];
  let broken: number | undefined;
  try {
    loads.push(...(await Promise.all(planned.map((each) => startLoad(plan, each, avoid, epoch)))));
    await firstCommits(loads, signal);
    note(`${loads.length} clients submit, every one has committed`);
    await wait(settle.before, signal);
    const before = severalSites(plan.placement) ? await identitiesNow(plan) : undefined;

    broken = now();
    await breaking.break();
    note(`broken: ${breaking.words}`);
    await wait(Math.max(0, seconds - (now() - broken)), signal);
    const authorities = await authoritiesNow(plan, failure).catch((thrown: unknown) => {
      note(`certificate authorities were not looked at: ${messageOf(thrown)}`);
      return new Map<string, NonNullable<Comparison["observed"]>>();
    });

    const brokenFrom = broken;
    const healed = now();
    note("healing");
    await breaking.heal();
    broken = undefined;
    note("healed");
    await wait(settle.after, signal);
    const observations = await Promise.all(loads.splice(0).map((load) => load.stop()));
    note("load ended, every acknowledged key was read back");

    const { ledgers, level, unread } = await untilLevel(plan, patience.level, signal);
    const levelAfter = now() - healed;
    note(
      level
        ? `every ledger is level, ${levelAfter.toFixed(1)} s after the healing began; the load went on for ${settle.after} s of these`
        : `the ledgers are not level${unread === undefined ? "" : `: ${unread}`}`,
    );
    const identities = before && compared(plan, before, await identitiesNow(plan));
    const comparisons = predictionOf(plan.placement, failure).map((prediction): Comparison => {
      const { service } = prediction;
      const observed =
        service.kind === "enrolment"
          ? authorities.get(service.organisation)
          : observe(service, observations, [brokenFrom, healed], grace);
      return { ...prediction, ...(observed === undefined ? {} : { observed }) };
    });
    const report: DrillReport = {
      network: plan.network.name,
      failure,
      manner,
      startedAt: new Date(epoch).toISOString(),
      brokenFrom,
      brokenFor: healed - brokenFrom,
      ...(level ? { levelAfter } : {}),
      events,
      loads: observations,
      ledgers,
      ...(identities === undefined ? {} : { identities }),
      comparisons,
      silenceLimit: grace,
      findings: [],
    };
    return { ...report, findings: findingsOf(report) };
  } finally {
    try {
      if (broken !== undefined) {
        note("healing");
        await breaking.heal();
        note("healed");
      }
    } finally {
      await Promise.allSettled(loads.map((load) => load.stop()));
    }
  }
}

/** @throws AbortError as soon as the signal says so. */
async function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  await pause(seconds * 1000, undefined, signal && { signal });
}

async function firstCommits(loads: readonly RunningLoad[], signal: AbortSignal | undefined): Promise<void> {
  const limit = Date.now() + patience.start * 1000;
  for (;;) {
    const waiting = loads.filter((load) => load.committed() === 0);
    if (waiting.length === 0) return;
    if (Date.now() > limit) {
      const who = waiting.map(({ planned }) => `${planned.organisation} on ${planned.channel}`).join(", ");
      throw new CommandError(
        `nothing was committed within ${patience.start} s by ${who}: the network is not well before anything is broken`,
        "see `npx fabric-topologies status`",
      );
    }
    await wait(0.5, signal);
  }
}

/** Whether each organisation's certificate authority counts as ready; nobody can ask those of a site that was lost. */
async function authoritiesNow(
  { settings, placement }: Plan,
  failure: Failure,
): Promise<Map<string, NonNullable<Comparison["observed"]>>> {
  const asked = settings.sites.filter(({ name }) => failure.kind !== "site" || failure.site !== name);
  const pods = (await Promise.all(asked.map((site) => livePods(site, placement)))).flat();
  const found = new Map<string, NonNullable<Comparison["observed"]>>();
  for (const { pod, role, organisation, ready } of pods) {
    if (role !== "certificate authority") continue;
    const before = found.get(organisation);
    const said = `${pod} is ${ready ? "" : "not "}ready`;
    found.set(organisation, {
      goesOn: ready || before?.goesOn === true,
      evidence: before === undefined ? said : `${before.evidence}, ${said}`,
    });
  }
  return found;
}
