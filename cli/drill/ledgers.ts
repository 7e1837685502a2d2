import { setTimeout as pause } from "node:timers/promises";
import type { LedgerObservation } from "../../lib/recovery/drill/drill";
import { unequal } from "../../lib/recovery/drill/judge";
import { orderersOf, peersOf } from "../../lib/placement/node";
import type { Plan } from "../../topologies/plan";
import { networkStatus, type NetworkStatus } from "../network/status";

/** Every node's ledgers as the agents see them now. */
export function ledgersIn({ statuses }: NetworkStatus): LedgerObservation[] {
  return statuses
    .flatMap(({ nodes }) => nodes)
    .filter(({ unreachable }) => unreachable === undefined)
    .flatMap(({ pod, channels }) =>
      channels.map(({ channel, height, hash }) => ({ pod, channel, height, ...(hash === undefined ? {} : { hash }) })),
    );
}

/**
 * Waits until every peer and ordering node is there and all ledgers of a channel are equal.
 * @param seconds At most so long.
 * @returns What there was at the end, and whether it was level.
 */
export async function untilLevel(
  plan: Plan,
  seconds: number,
): Promise<{ readonly ledgers: readonly LedgerObservation[]; readonly level: boolean }> {
  const { placement, network } = plan;
  const expected =
    orderersOf(placement).length * network.channels.length +
    network.channels.reduce(
      (total, { members }) =>
        total + peersOf(placement).filter(({ organisation }) => members.includes(organisation.name)).length,
      0,
    );
  const limit = Date.now() + seconds * 1000;
  for (;;) {
    const ledgers = ledgersIn(await networkStatus(plan));
    const level = ledgers.length === expected && unequal(ledgers).length === 0;
    if (level || Date.now() > limit) return { ledgers, level };
    await pause(1000);
  }
}
