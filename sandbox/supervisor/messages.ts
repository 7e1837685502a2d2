/** What the daemon tells the process that starts it, over Node's channel, until the sandbox is up. */
import type { Progress } from "../progress";

export type DaemonMessage =
  /** The daemon runs and has recorded itself. */
  | { readonly kind: "hello" }
  | { readonly kind: "progress"; readonly event: Progress }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string };
