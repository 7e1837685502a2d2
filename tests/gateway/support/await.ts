import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits until nothing is missing any more, and gives the seconds that it took.
 * @throws Error with what is missing after so many seconds.
 */
export async function untilNothing(
  missing: () => Promise<string | undefined> | string | undefined,
  seconds = 30,
): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const reason = await missing();
    const passed = (performance.now() - begun) / 1000;
    if (reason === undefined) return passed;
    if (passed > seconds) throw new Error(`after ${seconds} s: ${reason}`);
    await pause(20);
  }
}
