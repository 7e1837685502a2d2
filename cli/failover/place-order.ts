import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Order } from "../../lib/recovery/failover/event";
import type { FailoverObject } from "../../lib/recovery/failover/object";
import type { OrderAnswer, PlacedOrder } from "../../lib/recovery/failover/orders";
import { bodyOf, type Found } from "./place";

/** Milliseconds between two looks for an answer. */
const look = 250;

/**
 * Adds an order to a failover, beside whatever others write to it meanwhile, and waits for what the controller says.
 * @param seconds How long it may take.
 * @returns undefined where nobody has answered by then; the order stands all the same.
 * @throws CommandError where the API server refuses the order
 */
export async function placeOrder(found: Found, order: Order, seconds: number): Promise<OrderAnswer | undefined> {
  const id = `${order.what}-${randomUUID().slice(0, 8)}`;
  await write(found, { id, ...order });
  const until = performance.now() + 1000 * seconds;
  for (;;) {
    const { status } = await read(found);
    const answer = status?.answers.find((one) => one.id === id);
    if (answer !== undefined || performance.now() >= until) return answer;
    await pause(look);
  }
}

const read = async ({ api, path }: Found): Promise<FailoverObject> => bodyOf(await api.get(path)) as FailoverObject;

async function write(found: Found, order: PlacedOrder): Promise<void> {
  for (;;) {
    const object = await read(found);
    const orders = object.spec.orders ?? [];
    // A write whose answer was lost on the way.
    if (orders.some(({ id }) => id === order.id)) return;
    const spec = { ...object.spec, orders: [...orders, order] };
    const answer = await found.api.put(found.path, { ...object, spec });
    if (answer.status !== 409) return void bodyOf(answer);
  }
}
