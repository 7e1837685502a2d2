import { counted, listed } from "../../spec/words";
import type { Preview } from "../document";
import { statement, type Comparison } from "./comparison";
import type { CellChange, Statement } from "./document";

type Matrix = Preview["matrix"];

/** Cells of the failure matrix that say something else, or stand on one side only and say "stops". */
export function cellsOf({ before, after }: Comparison): CellChange[] {
  const [was, is] = [stopsOf(before.matrix), stopsOf(after.matrix)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): CellChange[] => {
    const [failure = "", service = ""] = key.split("\n");
    const [from, to] = [state(before.matrix, was, failure, service), state(after.matrix, is, failure, service)];
    if (from === to) return [];
    const because = is.get(key) ?? was.get(key);
    return [{ failure, service, before: from, after: to, ...(because === undefined ? {} : { because }) }];
  });
}

function stopsOf({ stops }: Matrix): ReadonlyMap<string, string> {
  return new Map(stops.map(({ failure, service, because }) => [`${failure}\n${service}`, because]));
}

function state(
  { failures, services }: Matrix,
  stops: ReadonlyMap<string, string>,
  failure: string,
  service: string,
): CellChange["before"] {
  if (stops.has(`${failure}\n${service}`)) return "stops";
  return failures.includes(failure) && services.includes(service) ? "goes on" : "absent";
}

/** What costs more than before, and what less. */
export function failureStatements(comparison: Comparison, cells: readonly CellChange[]): Statement[] {
  const { services } = comparison.before.matrix;
  const stops = cells.filter(({ before, after }) => before !== "stops" && after === "stops");
  return [
    ...told(
      stops.filter(({ service }) => services.includes(service)),
      "does not survive any more",
      true,
    ),
    // What comes with a new organisation or channel was nobody's before.
    ...told(
      stops.filter(({ service }) => !services.includes(service)),
      "is new, and does not survive",
      false,
    ),
    ...told(
      cells.filter(({ before, after }) => before === "stops" && after === "goes on"),
      "survives from now on",
      false,
    ),
    ...arithmetic(comparison),
  ];
}

function told(cells: readonly CellChange[], how: string, care: boolean): Statement[] {
  return [...new Set(cells.map(({ service }) => service))].map((service) => {
    const its = cells.filter((cell) => cell.service === service);
    const reasons = [...new Set(its.flatMap(({ because }) => because ?? []))];
    const says = `${service} ${how} the loss of ${listed(
      its.map(({ failure }) => failure),
      "or",
    )}.`;
    return statement("failures", says.charAt(0).toUpperCase() + says.slice(1), { care, details: reasons });
  });
}

/** How many consenters may be lost, where that is different. */
function arithmetic({ before, after }: Comparison): Statement[] {
  const tolerance = ({ nodes }: Preview) => {
    const consenters = nodes.filter(({ role }) => role === "orderer").length;
    return { consenters, spare: Math.max(0, Math.ceil(consenters / 2) - 1) };
  };
  const [was, is] = [tolerance(before), tolerance(after)];
  if (was.consenters === is.consenters) return [];
  return [
    statement(
      "failures",
      `${counted(is.consenters, "consenter")} where there ${was.consenters === 1 ? "was" : "were"} ${was.consenters}: ${is.spare} may be down at once, before ${was.spare}.`,
      { care: is.spare < was.spare },
    ),
  ];
}
