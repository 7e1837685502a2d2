/** Log lines: one JSON object each, on standard error, so that any collector reads them. Never a secret. */

const levels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof levels)[number];

/** Tells of one event. Fields are values that JSON can hold; an Error becomes its message. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * A log that writes lines of at least `least`.
 * @param write Takes one line with its end; default standard error.
 */
export function createLog(
  least: LogLevel = levelOf(process.env["LOG_LEVEL"]),
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Log {
  return (level, message, fields = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, plain)}\n`);
  };
}

/** The level that a text names, such as LOG_LEVEL; anything else is `info`. */
function levelOf(text: string | undefined): LogLevel {
  return levels.find((level) => level === text?.toLowerCase()) ?? "info";
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === "bigint" ? value.toString() : value;
}
