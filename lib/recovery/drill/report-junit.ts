import { describeService } from "../../placement/service";
import type { DrillReport } from "./drill";
import { junit, type TestCase } from "./junit";
import { headline } from "./report-text";

/** A drill's report for CI: a case for each service of the failure matrix, and one for each other finding. */
export function reportJunit(report: DrillReport): string {
  const services = report.comparisons.map(({ service, predicted, observed }): TestCase => {
    const name = `${describeService(service)} ${predicted.survives ? "goes on" : "stops"}`;
    const failure = report.findings.find((finding) => finding.startsWith(`${describeService(service)}: `));
    if (failure !== undefined) return { name, failure };
    return observed === undefined ? { name, skipped: "nothing in the drill could see it" } : { name };
  });
  const told = new Set(services.flatMap(({ failure }) => (failure === undefined ? [] : [failure])));
  const others = report.findings.filter((finding) => !told.has(finding));
  const kept: TestCase = {
    name: "nothing is lost, given up or silent for too long, and every ledger is level",
    seconds: report.brokenFor,
    ...(others.length === 0 ? {} : { failure: others.join("\n") }),
  };
  return junit(`${report.network}: ${headline(report)}`, report.startedAt, [...services, kept]);
}
