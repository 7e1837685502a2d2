/** What is happening while a sandbox starts. */
import { performance } from "node:perf_hooks";

/** One step of a start; `seconds` is how long it took. */
export type Progress =
  | { readonly kind: "started"; readonly step: string }
  | { readonly kind: "done"; readonly step: string; readonly seconds: number };

/** Runs one step and reports it. */
export async function step<T>(progress: (event: Progress) => void, name: string, action: () => Promise<T>): Promise<T> {
  progress({ kind: "started", step: name });
  const start = performance.now();
  const result = await action();
  progress({ kind: "done", step: name, seconds: (performance.now() - start) / 1000 });
  return result;
}
