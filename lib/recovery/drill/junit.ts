import { element, escapeXml } from "../../explain/svg";

/** One thing that a drill looked at. */
export interface TestCase {
  readonly name: string;
  /** How long it took, where that was measured. */
  readonly seconds?: number;
  /** What was not as promised. */
  readonly failure?: string;
  /** Why nobody could see it. */
  readonly skipped?: string;
}

/** A report as JUnit's XML, which every CI server shows: a suite with a case for each thing that was looked at. */
export function junit(suite: string, startedAt: string, cases: readonly TestCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  const time = cases.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const totals = { tests: cases.length, failures, errors: 0, skipped, time: time.toFixed(3) };
  const written = cases.map(({ name, seconds = 0, failure, skipped: why }) =>
    element(
      "testcase",
      { classname: suite, name, time: seconds.toFixed(3) },
      failure !== undefined
        ? element("failure", { message: failure }, escapeXml(failure))
        : why === undefined
          ? ""
          : element("skipped", { message: why }),
    ),
  );
  const body = element("testsuite", { name: suite, timestamp: startedAt, ...totals }, `\n${written.join("\n")}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", totals, `\n${body}\n`)}\n`;
}
