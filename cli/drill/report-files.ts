/** Where a drill's report goes. */
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeFailure } from "../../lib/placement/failure";
import type { DrillReport } from "../../lib/recovery/drill/drill";
import { reportHtml } from "../../lib/recovery/drill/report-html";
import { CommandError, messageOf } from "../errors";

/**
 * Makes the folder for reports. To be called before the drill: a finished one must not lose what it found.
 * @throws CommandError where it cannot be made or written to
 */
export function writableFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (thrown) {
    throw new CommandError(
      `reports cannot be written to ${folder}: ${messageOf(thrown)}`,
      "name another folder with --out; nothing was broken yet",
    );
  }
}

/** Writes a report as JSON and HTML, under a name of its own; gives the HTML's file. */
export function writeReport(folder: string, report: DrillReport): string {
  const what = describeFailure(report.failure).replaceAll(/[^a-z0-9-]+/gi, "-");
  const name = join(folder, `${what}-${report.manner}-${report.startedAt.replaceAll(/[:.]/g, "-")}`);
  writeFileSync(`${name}.json`, jsonOf(report));
  writeFileSync(`${name}.html`, reportHtml(report));
  return `${name}.html`;
}

/** A report as JSON, for people too. */
export const jsonOf = (report: DrillReport): string => `${JSON.stringify(report, undefined, 2)}\n`;
