import { PreflightError } from "../lib/deploy/findings";
import { InvalidInput } from "../lib/spec/problem";

/** Something a person can mend: what was found is the message, `fix` says what to do. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";

  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/**
 * An error as a person should read it. What they can mend themselves comes without a stack trace; anything else is ours,
 * and the trace helps to find it.
 */
export function errorText(error: unknown): string {
  if (error instanceof InvalidInput || error instanceof PreflightError) return error.message;
  if (error instanceof Error && "fix" in error && typeof error.fix === "string") {
    return `${error.message}\n    do: ${error.fix}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What an error says, for a sentence that goes on. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
