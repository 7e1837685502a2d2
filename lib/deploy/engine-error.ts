import { RunError } from "@pulumi/pulumi";

/**
 * An error whose message says all: the engine prints it without a stack trace.
 *
 * It has no stack either. Pulumi colours every error's stack with `util.inspect`, and Node 20 never finds the end of a
 * frame such as `node_modules/@pulumi/resource.ts`: the program takes gigabytes and most of a minute before it fails.
 */
export function messageOnly(message: string): RunError {
  const error = new RunError(message);
  error.stack = `${error.name}: ${message}`;
  return error;
}
