/** What is happening while a sandbox starts. */
import { performance } from "node:perf_hooks";

/** One step; `seconds` is how long it took. */
export type Progress =
  | { readonly kind: "started"; readonly step: string }
  | { readonly kind: "done"; readonly step: string; readonly seconds: number }
  | { readonly kind: "failed"; readonly step: string };

/** Runs one step and reports it. */
export async function step<T>(progress: (event: Progress) => void, name: string, action: () => Promise<T>): Promise<T> {
  progress({ kind: "started", step: name });
  const start = performance.now();
  try {
    const result = await action();
    progress({ kind: "done", step: name, seconds: (performance.now() - start) / 1000 });
    return result;
  } catch (thrown) {
    progress({ kind: "failed", step: name });
    throw thrown;
  }
}
