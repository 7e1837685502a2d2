/** The sandbox cannot do what was asked. The message says what happened; `fix` says what a person can do about it. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";

  constructor(
    message: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What went wrong, in one line, whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
