/** A program that the sandbox needs cannot be had. The message says what was found, what is needed and what to do. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";

  constructor(what: { found: string; needed: string; fix: string }) {
    super(`found ${what.found}\n    needed: ${what.needed}\n    do: ${what.fix}`);
  }
}
