import { setTimeout as pause } from "node:timers/promises";
import type { LedgerObservation } from "../../lib/recovery/drill/drill";
import { unequal } from "../../lib/recovery/drill/judge";
import { orderersOf, peersOf } from "../../lib/placement/node";
import type { Plan } from "../../topologies/plan";
import { messageOf } from "../errors";
import { isOld } from "../../agent/status/heard";
import type { NetworkStatus } from "../network/seen";
import { networkStatus } from "../network/status";

/** Every node's ledgers as the agents see them now. */
export function ledgersIn({ statuses }: NetworkStatus): LedgerObservation[] {
  return statuses
    .filter((status) => !isOld(status, Date.now()))
    .flatMap(({ nodes }) => nodes)
    .filter(({ unreachable }) => unreachable === undefined)
    .flatMap(({ pod, channels }) =>
      channels.map(({ channel, height, hash }) => ({ pod, channel, height, ...(hash === undefined ? {} : { hash }) })),
    );
}

/** The ledgers when they were last awaited. */
export interface AwaitedLedgers {
  /** What the last status that could be had said. */
  readonly ledgers: readonly LedgerObservation[];
  readonly level: boolean;
  /** Why the last status could not be had. */
  readonly unread?: string;
}

/**
 * Waits until every peer and ordering node is there and all ledgers of a channel are equal. A status that cannot be had
 * counts as "not yet": a network that was just healed may still be slow to answer.
 * @param seconds At most so long.
 * @throws AbortError as soon as the signal says so
 */
export async function untilLevel(plan: Plan, seconds: number, signal?: AbortSignal): Promise<AwaitedLedgers> {
  const expected = ledgersOf(plan);
  const limit = Date.now() + seconds * 1000;
  let last: AwaitedLedgers = { ledgers: [], level: false };
  for (;;) {
    try {
      const ledgers = ledgersIn(await networkStatus(plan));
      last = { ledgers, level: ledgers.length === expected && unequal(ledgers).length === 0 };
    } catch (thrown) {
      last = { ledgers: last.ledgers, level: false, unread: messageOf(thrown) };
    }
    if (last.level || Date.now() > limit) return last;
    await pause(1000, undefined, signal && { signal });
  }
}

/** How many ledgers there are: each ordering node has one of every channel, each peer of the channels it is in. */
function ledgersOf({ placement, network: { channels } }: Plan): number {
  const ordering = orderersOf(placement).length * channels.length;
  const peers = peersOf(placement);
  return channels.reduce(
    (total, { members }) => total + peers.filter(({ organisation }) => members.includes(organisation.name)).length,
    ordering,
  );
}
