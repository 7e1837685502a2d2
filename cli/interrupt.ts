const signals = ["SIGINT", "SIGTERM"] as const;

/** What is under way, and may be asked to end. */
export interface Interruption {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Signals mean again what they meant before. */
  readonly forget: () => void;
}

/**
 * Lets a person's Ctrl-C end something in good order. A second signal ends the program at once, as if nobody listened.
 * @param tell What to say of it, when the first one comes.
 */
export function interruption(tell: () => void = () => undefined): Interruption {
  const controller = new AbortController();
  const forget = () => signals.forEach((name) => process.off(name, first));
  const first = () => {
    forget();
    tell();
    controller.abort();
  };
  for (const name of signals) process.on(name, first);
  return { signal: controller.signal, forget };
}

/** Whether something ended because it was asked to, and for no other reason. */
export function isInterrupted(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && "name" in thrown && thrown.name === "AbortError";
}
