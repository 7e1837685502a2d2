/** Log lines: one JSON object each, on standard error, so that any collector reads them. Never a secret. */

const levels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof levels)[number];

/** What an agent tells of its work. Fields are values that JSON can hold; an Error becomes its message. */
export type Fields = Readonly<Record<string, unknown>>;
export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

/**
 * A log that writes lines of at least `level`.
 * @param write Takes one line with its end; default standard error.
 */
export function createLog(
  level: LogLevel = levelOf(process.env["LOG_LEVEL"]),
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Log {
  const at = (of: LogLevel) =>
    levels.indexOf(of) < levels.indexOf(level)
      ? () => undefined
      : (message: string, fields: Fields = {}) =>
          write(`${JSON.stringify({ time: new Date().toISOString(), level: of, message, ...fields }, plain)}\n`);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** The level that a text names, such as LOG_LEVEL; anything else is `info`. */
export function levelOf(text: string | undefined): LogLevel {
  return levels.find((level) => level === text?.toLowerCase()) ?? "info";
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === "bigint" ? value.toString() : value;
}
