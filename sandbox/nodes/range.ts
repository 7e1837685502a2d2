/** Chooses addresses that nobody on this machine uses, also where several sandboxes start at the same time. */
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { SandboxError } from "../errors";
import { rangeOf } from "./plan";
import { run } from "./run";

/** Gone after a restart of the machine, as are the networks themselves. */
const claims = "/run/fabric-topologies";
const firstNumber = 130;
const lastNumber = 249;

const fileOf = (number: number): string => path.join(claims, rangeOf(number).replace("/", "-"));

/**
 * Claims a range for a sandbox and gives its number. `intend` is called before each claim, so that it is on record when
 * it is made. Errors: every range is in use.
 */
export async function claimRange(id: string, intend: (number: number) => void): Promise<number> {
  const used = await usedNumbers();
  mkdirSync(claims, { recursive: true });
  for (let number = firstNumber; number <= lastNumber; number++) {
    if (used.has(number)) continue;
    intend(number);
    try {
      writeFileSync(fileOf(number), id, { flag: "wx" });
      return number;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    }
  }
  throw new SandboxError(
    `every range from ${rangeOf(firstNumber)} to ${rangeOf(lastNumber)} is in use on this machine`,
    "end a sandbox that is not needed, or remove the routes to one of these ranges",
  );
}

/** Gives a range back, where it is this sandbox's. */
export function releaseRange(id: string, number: number): void {
  const file = fileOf(number);
  try {
    if (readFileSync(file, "utf8") === id) rmSync(file);
    rmdirSync(claims);
  } catch (thrown) {
    // Not claimed, or other sandboxes still have claims.
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ENOTEMPTY") throw thrown;
  }
}

/** Second numbers of all addresses and routes 10.x of this machine; a route wider than /16 takes every number it holds. */
async function usedNumbers(): Promise<Set<number>> {
  const text = `${await run("ip", ["-4", "route", "show", "table", "all"])}${await run("ip", ["-4", "-oneline", "address"])}`;
  const used = new Set<number>();
  for (const [, second, prefix] of text.matchAll(/\b10(?:\.(\d+)(?:\.\d+){0,2})?(?:\/(\d+))?/g)) {
    const first = Number(second ?? 0);
    const width = 2 ** Math.max(0, 16 - Number(prefix ?? 32));
    for (let number = first; number < first + width && number < 256; number++) used.add(number);
  }
  return used;
}
