import { errorText } from "./errors";
import { commandLine } from "./program";

commandLine()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = 1;
  })
  // A network file in TypeScript may have left a timer or a connection open; what was asked is done. What a slow reader has
  // not taken off a pipe yet would be lost, so the end waits for the last byte of both.
  .finally(() => process.stdout.write("", () => process.stderr.write("", () => process.exit())));
