import type { FailoverEvent, Lease } from "../../lib/recovery/failover/event";
import { newRecord } from "../../lib/recovery/failover/record";
import type { FailoverSettings } from "../../lib/recovery/failover/settings";
import { beginning, step } from "../../lib/recovery/failover/step";
import type { FailoverState } from "../../lib/recovery/failover/view";
import { at } from "../unit/failover/scene";

/** One city, one witness, one controller at the remote center, links that are cut, crashes, and a city's clock that is slow. */
interface Instant {
  readonly time: number;
  readonly alive: boolean;
  /** Ticks for which the city believes that it may write, by its own clock. */
  readonly left: number;
  /** Ticks by which its clock came behind since the last renewal. */
  readonly lag: number;
  readonly cut: { readonly cityWitness: boolean; readonly cityRemote: boolean; readonly remoteWitness: boolean };
  readonly lease: Lease;
  readonly controller: FailoverState;
}

/** Who promotes whom: `lease` is the state machine; the others are what people build first. */
export interface Rule {
  readonly promote: "misses" | "lease";
  readonly selfFence: boolean;
  readonly settings: FailoverSettings;
}

const links = ["cityWitness", "cityRemote", "remoteWitness"] as const;

function begin(): Instant {
  const cut = { cityWitness: false, cityRemote: false, remoteWitness: false };
  const lease = { holder: "city", epoch: 1, renewals: 0 };
  return { time: 0, alive: true, left: 0, lag: 0, cut, lease, controller: beginning(newRecord(1, 0), "remote") };
}

type Choice = readonly [name: string, change: (instant: Instant) => Instant];

function choices(instant: Instant): Choice[] {
  const faults: Choice[] = [
    ["tick", (same) => same],
    ...links.map((link): Choice => {
      const said = `${instant.cut[link] ? "heal" : "cut"} ${link}`;
      return [said, (now) => ({ ...now, cut: { ...now.cut, [link]: !now.cut[link] } })];
    }),
  ];
  if (!instant.alive) return [...faults, ["the city comes back", (now) => ({ ...now, alive: true, left: 0, lag: 0 })]];
  return [...faults, ["the city crashes", (now) => ({ ...now, alive: false, left: 0 })]];
}

/** One tick after a choice; `slow`: the city's clock stands still in it. */
function next(from: Instant, { settings, promote }: Rule, slow: boolean): Instant {
  const time = from.time + 1;
  const { alive, cut } = from;
  const renews = alive && !cut.cityWitness && from.lease.holder === "city";
  let lease = renews ? { ...from.lease, renewals: from.lease.renewals + 1 } : from.lease;
  const left = renews ? settings.lease.duration : Math.max(0, from.left - (slow ? 0 : 1));
  const lag = renews ? 0 : from.lag + (slow ? 1 : 0);
  let controller = from.controller;
  const tell = (event: object): void => {
    const told = { ...event, clock: { local: time, wall: 0 } } as FailoverEvent;
    const stepped = step(controller, told, settings);
    controller = stepped.state;
    for (const action of stepped.actions)
      if (action.do === "acquireLease" && !cut.remoteWitness && lease.renewals === action.expected.renewals)
        lease = { holder: "remote", epoch: action.granting, renewals: 0 };
  };
  const beat = { center: "city", epoch: 1, seq: time, heights: at(1), authentic: true };
  if (alive && !cut.cityRemote) tell({ type: "heartbeat", beat });
  if (!cut.remoteWitness) {
    tell({ type: "leaseSeen", lease, asked: time });
    tell({ type: "vantage", from: "witness", reaches: alive && !cut.cityWitness });
  }
  tell({ type: "tick" });
  const naive = promote === "misses" && controller.view.misses >= settings.heartbeat.misses;
  if (naive) lease = { holder: "remote", epoch: 2, renewals: 0 };
  return { time, alive, left, lag, cut, lease, controller };
}

/** What makes two instants the same, whenever they are: all times relative, what grows for ever cut off. */
function keyOf({ time, alive, left, lag, cut, lease, controller: { record, view } }: Instant): string {
  const ago = (moment: number | undefined): number => Math.min(12, time - (moment ?? time - 12));
  const ahead = (renewals: number | undefined): boolean => renewals === lease.renewals;
  const step = record.phase === "Fencing" ? record.lease : undefined;
  const seen = view.lease;
  return JSON.stringify([
    [alive, left, lag, cut.cityWitness, cut.cityRemote, cut.remoteWitness, lease.holder, record.phase, step?.step],
    [Math.min(4, view.misses), Math.min(2, view.good), ago(view.quietSince), ago(seen?.changedAt), ago(seen?.asked)],
    [
      ahead(seen?.renewals),
      step?.step === "claimed" && ahead(step.expected.renewals),
      ago(view.vantage["witness"]?.at),
    ],
    view.vantage["witness"]?.reaches,
  ]);
}

/** Every instant that can come about; the shortest way to one at which both sides may write, or how many there are. */
export function explore(rule: Rule): { readonly way?: readonly string[]; readonly instants: number } {
  const { maxClockDrift } = rule.settings.lease;
  const first = begin();
  const seen = new Set([keyOf(first)]);
  let level: { instant: Instant; way: readonly string[] }[] = [{ instant: first, way: [] }];
  while (level.length > 0) {
    const deeper: typeof level = [];
    for (const { instant, way } of level)
      for (const [name, change] of choices(instant))
        for (const slow of instant.lag < maxClockDrift ? [false, true] : [false]) {
          const after = next(change(instant), rule, slow);
          const here = [...way, slow ? `${name}, clock slow` : name];
          // Without a fence of its own the city writes for as long as it lives.
          const cityWrites = after.alive && (after.left > 0 || !rule.selfFence);
          if (after.lease.holder === "remote" && cityWrites) return { way: here, instants: seen.size };
          const key = keyOf(after);
          if (after.lease.holder === "remote" || seen.has(key)) continue;
          seen.add(key);
          deeper.push({ instant: after, way: here });
        }
    level = deeper;
  }
  return { instants: seen.size };
}
