import { stopsText } from "../../explain/text";
import type { CellChange } from "../diff/document";
import type { Preview } from "../document";
import { html, type Html } from "./html";
import type { Section } from "./page";
import type { Reported } from "./reported";
import { table } from "./table";

type Told = Preview["matrix"]["told"];

/** What a list of single cells holds at most: thousands say no more than the table above them. */
const mostCells = 300;

/** The failure matrix, every cell with its reason, and what a change does to it. */
export function failures({ preview: { matrix }, diff }: Reported): Section {
  const { told, stops, failures: all } = matrix;
  return {
    id: "failures",
    title: "Failures",
    content: html`<p>
        What each of ${all.length} single failures costs: every pod, machine, zone and link. Alike failures share a row.
      </p>
      ${diff !== undefined && changedCells(diff.cells)} ${matrixTable(told)} ${stops.length > 0 && stopList(stops)}`,
  };
}

function matrixTable({ columns, rows, reasons }: Told): Html {
  const because = (row: string, column: string) =>
    reasons.filter((reason) => reason.column === column && reason.rows.includes(row));
  return table({
    caption: "What goes on and what stops, and why",
    style: "matrix",
    head: ["If this is lost", ...columns],
    rows: rows.map(({ label, stops }) => [
      label,
      ...columns.map((column, index) => cell(stops[index] ?? [], because(label, column))),
    ]),
  });
}

function cell(stops: readonly string[], reasons: Told["reasons"]): Html {
  const several = reasons.length > 1;
  const told = reasons.map(
    ({ whose, because }) => html`<span class="because">${several && `${names(whose)}: `}${because}</span>`,
  );
  return stops.length === 0
    ? html`<span class="cell">✓ goes on</span>${told}`
    : html`<span class="stops cell">✕ ${stopsText(stops.length > 3 ? [names(stops)] : stops)}</span>${told}`;
}

function names(all: readonly string[]): string {
  return all.length <= 3 ? all.join(", ") : `${all.slice(0, 2).join(", ")} and ${all.length - 2} more`;
}

function stopList(stops: Preview["matrix"]["stops"]): Html {
  const shown = stops.slice(0, mostCells);
  return html`<details>
    <summary>Each failure that stops something: ${stops.length}</summary>
    ${table({
      caption: "Single failures, and the services that stop with them",
      head: ["Failure", "Service that stops", "Because"],
      rows: shown.map(({ failure, service, because }) => [failure, service, because]),
    })}
    ${stops.length > shown.length && html`<p class="faint">${stops.length - shown.length} more are in <code>preview --json</code>, under <code>matrix.stops</code>.</p>`}
  </details>`;
}

/** Cells that flip come before those of services and failures that come or go. */
function changedCells(cells: readonly CellChange[]): Html {
  if (cells.length === 0) return html`<p>No cell of the matrix changes.</p>`;
  const flips = cells.filter(({ before, after }) => before !== "absent" && after !== "absent");
  const others = cells.filter((one) => !flips.includes(one));
  const list = (caption: string, of: readonly CellChange[]) =>
    html`${table({
      caption,
      head: ["Failure", "Service", "Before", "After", "Because"],
      rows: of
        .slice(0, mostCells)
        .map(({ failure, service, before, after, because }) => [
          failure,
          service,
          state(before),
          state(after),
          because ?? "",
        ]),
    })}${of.length > mostCells && html`<p class="faint">${of.length - mostCells} more are in <code>diff --json</code>, under <code>cells</code>.</p>`}`;
  return html`<h3>Cells that change</h3>
    ${flips.length > 0 ? list("What stops being survivable, and what becomes so", flips) : html`<p>Nothing that goes on would stop, and nothing that stops would go on.</p>`}
    ${
      others.length > 0 &&
      html`<details>
        <summary>Cells of failures and services that come or go: ${others.length}</summary>
        ${list("New cells, and cells that are gone", others)}
      </details>`
    }
    <h3>The matrix afterwards</h3>`;
}

function state(of: CellChange["before"]): Html {
  if (of === "absent") return html`<span class="faint">–</span>`;
  return of === "stops" ? html`<span class="mark bad">✕ stops</span>` : html`<span class="mark good">✓ goes on</span>`;
}
