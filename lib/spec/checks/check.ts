import type { Network } from "../network";
import type { Draft } from "../draft";
import type { Finding, Path } from "../problem";
import type { Settings } from "../settings";

/**
 * A finding of a check, with the parts of the document that it took to be complete. "No such organisation" is only true
 * while every organisation's name could be read; where one could not, that is the problem to report, not what follows.
 */
export interface CheckFinding extends Finding {
  /** Paths in which `*` stands for any key or index. */
  readonly assumes?: readonly Path[];
}

/** Checks run on every document of which something can be read, so they take nothing for granted but the types. */
export type Check<T> = (value: T) => CheckFinding[];

export interface Checks<T> {
  /** Who is there: what they complain about would make nonsense of every sum over the document. */
  readonly shape: readonly Check<T>[];
  readonly detail: readonly Check<T>[];
}

/** Checks of both documents together; they run where each follows its schema and has the right shape. */
export type ModelCheck = (network: Network, settings: Settings) => readonly Finding[];

/**
 * Runs checks on a draft. What rests on parts that are damaged is left out, and so is what stands where something has
 * been found already.
 */
export function runChecks<T>(
  checks: readonly Check<T>[],
  value: T,
  draft: Pick<Draft<unknown>, "damaged" | "original">,
  already: readonly Finding[],
): Finding[] {
  const known = [...already];
  for (const { assumes = [], ...finding } of checks.flatMap((check) => check(value))) {
    const needed = assumes.map((assumed) => draft.original(assumed));
    if (needed.some((assumed) => draft.damaged.some((damaged) => isPrefix(damaged, assumed)))) continue;
    const path = draft.original(finding.path);
    if (already.some((one) => one.path.length > 0 && isPrefix(one.path, path))) continue;
    known.push({ ...finding, path });
  }
  return known;
}

/** Whether `path` is `prefix` or lies below it; `*` in `path` matches any step. */
export function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, index) => path[index] === "*" || path[index] === step);
}
