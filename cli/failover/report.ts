import { Command } from "commander";
import { failoverReportHtml, failoverReportJunit } from "../../lib/recovery/drill/failover/files";
import { failoverReport } from "../../lib/recovery/drill/failover/report";
import { failoverReportText } from "../../lib/recovery/drill/failover/text";
import type { FailoverSettings } from "../../lib/recovery/failover/settings";
import { failoverOf } from "../../lib/recovery/of-settings";
import { jsonOf, stamp, writableFolder, writeForms } from "../drill/report-files";
import { CommandError } from "../errors";
import { planOf } from "../input";
import { palette, say } from "../terminal";
import { findFailover, type PlaceOptions } from "./place";

interface ReportOptions extends PlaceOptions {
  readonly settings?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `failover report`: what a failover took and cost, for whoever has to show it. */
export function reportCommand(): Command {
  return new Command("report")
    .summary("tell what a failover took and cost, beside what was promised")
    .description(
      "Tell what a failover took and cost: RTO and RPO beside their targets, each phase beside its budget, evidence, orders and time line.",
    )
    .argument("[name]", "the failover (default: the only one)")
    .option("--settings <file>", "stack settings with `recovery`: with them each phase stands beside its budget")
    .option("--out <folder>", "write the report there as well, as JSON, HTML and JUnit's XML")
    .addHelpText(
      "after",
      `
It is made from the Failover object alone, at any time, until the next failover begins.
Exit code: 0 where all was as promised, 3 where not, 1 for an error.

Example:
  $ fabric-topologies failover report --context witness --settings settings.yaml --out drills`,
    )
    .action(async (name: string | undefined, options: ReportOptions) => {
      if (options.out !== undefined) writableFolder(options.out);
      const settings = options.settings === undefined ? undefined : budgetsOf(options.settings);
      const { api, object } = await findFailover(name, options);
      api.close();
      const report = failoverReport(object, settings);
      if (report === undefined) {
        throw new CommandError(
          `found no failover to tell of: ${object.metadata.name} has only watched so far`,
          "see how it stands with failover status",
        );
      }
      const file =
        options.out === undefined
          ? undefined
          : writeForms(options.out, `failover-${object.metadata.name}-${stamp(report.lastSign)}`, {
              json: jsonOf(report),
              html: failoverReportHtml(report),
              junit: failoverReportJunit(report),
            });
      if (options.json) process.stdout.write(jsonOf(report));
      else say(failoverReportText(report, palette(process.stdout)));
      if (file !== undefined && !options.json) say(`\nreport: ${file}`);
      process.exitCode = report.findings.length === 0 ? 0 : 3;
    });
}

/** @throws CommandError for settings that say nothing of a recovery */
function budgetsOf(file: string): FailoverSettings {
  const { settings, placement } = planOf(undefined, { settings: file });
  const { recovery, sites } = settings;
  if (recovery === undefined) {
    throw new CommandError(`found no \`recovery\` in ${file}`, "name the settings of a three-center topology");
  }
  return failoverOf(placement, sites, recovery);
}
