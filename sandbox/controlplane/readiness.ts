/** Waiting for the API server, and for whatever else takes a moment. */
import { Agent, request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { Access } from "./kubeconfig";

/** Whether an API server says that it is ready; false where nobody answers within 2 s. */
export async function isReady({ server, ...tls }: Access, path = "/readyz"): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(new URL(path, server), { agent: new Agent(tls), timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.once("timeout", () => call.destroy());
    call.once("error", () => {
      resolve(false);
    });
    call.end();
  });
}

/**
 * Waits for `condition`, asking again every `everyMilliseconds` (100); `alive` is called before each question and throws
 * where waiting has become pointless. Errors: nothing within `seconds`.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  options: { readonly seconds: number; readonly everyMilliseconds?: number; readonly alive?: () => Promise<void> },
): Promise<void> {
  const deadline = Date.now() + options.seconds * 1000;
  for (;;) {
    await options.alive?.();
    if (await condition()) return;
    if (Date.now() >= deadline) throw new Error(`${what}: not within ${options.seconds} s`);
    await delay(options.everyMilliseconds ?? 100);
  }
}
