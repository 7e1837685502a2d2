/** Where a drill's report goes. */
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeFailure } from "../../lib/placement/failure";
import type { DrillReport } from "../../lib/recovery/drill/drill";
import { reportHtml } from "../../lib/recovery/drill/report-html";
import { reportJunit } from "../../lib/recovery/drill/report-junit";
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

/** Writes a drill's report under a name of its own; gives the HTML's file. */
export function writeReport(folder: string, report: DrillReport): string {
  const what = describeFailure(report.failure).replaceAll(/[^a-z0-9-]+/gi, "-");
  return writeForms(folder, `${what}-${report.manner}-${stamp(report.startedAt)}`, {
    json: jsonOf(report),
    html: reportHtml(report),
    junit: reportJunit(report),
  });
}

/** A report for programs, for people, and for CI. */
export interface ReportForms {
  readonly json: string;
  readonly html: string;
  readonly junit: string;
}

/** Writes a report in all of its forms; gives the HTML's file. */
export function writeForms(folder: string, name: string, { json, html, junit }: ReportForms): string {
  const file = join(folder, name);
  writeFileSync(`${file}.json`, json);
  writeFileSync(`${file}.junit.xml`, junit);
  writeFileSync(`${file}.html`, html);
  return `${file}.html`;
}

/** A time as part of a file's name. */
export const stamp = (time: string): string => time.replaceAll(/[:.]/g, "-");

/** A report as JSON, for people too. */
export const jsonOf = (report: object): string => `${JSON.stringify(report, undefined, 2)}\n`;
