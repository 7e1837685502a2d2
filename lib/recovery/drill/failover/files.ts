import { junit, type TestCase } from "../junit";
import { reportPage } from "../page";
import { phaseBars } from "./bars";
import { amount, secondsText, targetWords, type FailoverReport } from "./report";
import { entryCells, evidence, failoverHeadline, phaseCells, phaseHead, targetCells, targetHead } from "./text";

/** A failover's report as one page. */
export function failoverReportHtml(report: FailoverReport): string {
  return reportPage({
    title: `Failover ${report.failover}: ${failoverHeadline(report)}`,
    headline: failoverHeadline(report),
    about: `${report.failover}, last sign of life ${report.lastSign}, ${report.phase} in epoch ${report.epoch}`,
    findings: report.findings,
    figure: phaseBars(report),
    caption: "What each phase took since the last sign of life. Shaded: its budget. Red: what is above it.",
    tables: [
      { caption: "Targets", head: targetHead, rows: report.targets.map(targetCells) },
      { caption: "Phases", head: phaseHead, rows: report.phases.map(phaseCells) },
      { caption: "Evidence", head: ["what"], rows: evidence(report).map((line) => [line]) },
      {
        caption: "What people ordered",
        head: ["when", "who", "what", "answer"],
        rows: report.orders.map(({ at, by, what, followed, why }) => [
          at,
          by,
          what,
          `${followed ? "followed" : "not followed"}: ${why}`,
        ]),
      },
      {
        caption: "What happened",
        head: ["seconds since the last sign of life", "phase", "what"],
        rows: entryCells(report),
      },
    ],
  });
}

/** A failover's report for CI: a case for each target and each phase, and one for everything else. */
export function failoverReportJunit(report: FailoverReport): string {
  const found = (begin: string) => report.findings.find((finding) => finding.startsWith(begin));
  const targets = report.targets.map(({ target, limit, measured }): TestCase => {
    const failure = found(`${targetWords[target]}: `);
    const name = `${targetWords[target]}: at most ${amount(target, limit)}`;
    if (failure !== undefined) return { name, failure };
    return measured === undefined ? { name, skipped: "it was not come to" } : { name };
  });
  const phases = report.phases.map(({ phase, took, budget }): TestCase => {
    const failure = found(`${phase} took `);
    const name = budget === undefined ? phase : `${phase}: at most ${secondsText(budget)}`;
    if (took === undefined) return { name, skipped: "it was not come to" };
    return { name, seconds: took / 1000, ...(failure === undefined ? {} : { failure }) };
  });
  const told = new Set([...targets, ...phases].flatMap(({ failure }) => (failure === undefined ? [] : [failure])));
  const others = report.findings.filter((finding) => !told.has(finding));
  const rest: TestCase = {
    name: "something was opened, and every order was followed",
    ...(others.length === 0 ? {} : { failure: others.join("\n") }),
  };
  return junit(`failover ${report.failover}`, report.lastSign, [...targets, ...phases, rest]);
}
