import { errorText } from "./errors";
import { commandLine } from "./program";

commandLine()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = 1;
  });
