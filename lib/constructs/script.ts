import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The shell scripts that containers run, files of `scripts/`. */
export type ScriptName = "trust" | "enrol" | "authorities" | "serving-certificate" | "authority-server";

/** The text of a script for `bash -c`. Its comments stay here: manifests carry the text once per workload. */
export function shellScript(name: ScriptName): string {
  const text = readFileSync(join(__dirname, "scripts", `${name}.sh`), "utf8");
  return text.replaceAll(/^\s*#.*\n/gm, "").trim();
}

/** Where a container leaves the sentence that `kubectl describe` shows when it ends in trouble (Kubernetes' default). */
export const terminationMessage = "/dev/termination-log";

/**
 * Of every container: where it left no such sentence, Kubernetes takes the end of its log, at most 2048 bytes, so that a
 * full volume, or a certificate that has ended, is named by whoever looks at the pod.
 */
export const lastWords = "FallbackToLogsOnError";
