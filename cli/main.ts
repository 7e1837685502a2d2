import { errorText } from "./errors";
import { commandLine } from "./program";

commandLine(process.argv[2])
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = 1;
  })
  // What was asked is done, and the process ends when what a slow reader has not taken off a pipe yet is taken, and when the
  // TypeScript loader has kept what it compiled. A network file in TypeScript may have left a timer or a connection open,
  // which is not waited for.
  .finally(() =>
    process.stdout.write("", () => process.stderr.write("", () => void setTimeout(() => process.exit(), 200).unref())),
  );
