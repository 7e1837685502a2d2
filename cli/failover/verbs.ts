import type { Order } from "../../lib/recovery/failover/event";

/** What a person may order, by the word that they type. */
export interface Verb {
  readonly what: Order["what"];
  readonly summary: string;
  readonly description: string;
}

export const verbs: Readonly<Record<string, Verb>> = {
  approve: {
    what: "writes",
    summary: "open writes at the target",
    description:
      "Approve that the target takes writes: its ordering nodes are restored and the standby peers' tail is replayed.",
  },
  "accept-loss": {
    what: "rollback",
    summary: "go on without blocks that could not be given back",
    description:
      "Accept the loss that is stated: standby peers are rolled back to where the ordering nodes end, and writes open.",
  },
  fenced: {
    what: "fenced",
    summary: "say that you have fenced a center yourself",
    description:
      "Say that a center of the primary is fenced: its machines are off, or cut off from everybody, and you know it.",
  },
  failback: {
    what: "failback",
    summary: "bring the old primary level, or go back to it",
    description: "Go back: the old primary is brought level and verified, while the target goes on.",
  },
  switch: {
    what: "switch",
    summary: "stop the target, and give the lease back",
    description: "Switch to the old primary once it is level: the target stops, and the lease goes back.",
  },
  retry: {
    what: "retry",
    summary: "try again after what was stuck has been mended",
    description: "Try again where nothing was found that may be opened, after that has been mended.",
  },
};
