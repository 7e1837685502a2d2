/** What the daemon tells the process that starts it, over Node's channel, until the sandbox is up. */
import type { Progress } from "../progress";

export type DaemonMessage =
  | { readonly kind: "progress"; readonly event: Progress }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string };
