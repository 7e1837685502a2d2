import { SandboxError } from "../errors";

/** A program that the sandbox needs cannot be had. The message says what was found and what is needed. */
export class ToolchainError extends SandboxError {
  constructor(what: { found: string; needed: string; fix: string }) {
    super(`found ${what.found}\n    needed: ${what.needed}`, what.fix);
  }
}
