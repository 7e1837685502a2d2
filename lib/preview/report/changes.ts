import { counted } from "../../spec/words";
import { topics, type Diff, type ResourceChange, type Restart, type Statement, type Topic } from "../diff/document";
import { html, type Html } from "./html";
import type { Links } from "./links";
import type { Section } from "./page";
import { table } from "./table";
import { fieldTable } from "./value";

/** Changes beyond these are told by the object browser alone. */
const mostChanges = 300;
/** So many lines stand below a statement; the rest is folded away. */
const mostLines = 6;

/** What a change means, by topic, in the order in which people need it. */
export function whatChanges({ statements, restarts, cost }: Diff, links: Links): Section {
  const names = Object.keys(topics) as Topic[];
  return {
    id: "meaning",
    title: "What changes",
    count: statements.length,
    content: html`${statements.length === 0 && html`<p>Nothing that has a meaning of its own.</p>`}
    ${names.flatMap((topic) => {
      const its = statements.filter((one) => one.topic === topic && (topic !== "cost" || one.care));
      const more = topic === "restarts" ? restartTable(restarts) : topic === "cost" ? costTable(cost) : undefined;
      if (its.length === 0 && more === undefined) return [];
      return [
        html`<h3>${topics[topic]}</h3>
          ${its.map((one) => told(one, links))}${more}`,
      ];
    })}`,
  };
}

function told({ care, says, details, urns }: Statement, links: Links): Html {
  // Details mostly begin with the object that they are about: that is the link then.
  const told = details.map((line) => ({ line, key: line.slice(0, Math.max(0, line.indexOf(": "))) }));
  const linked = new Set(told.map(({ key }) => key));
  const others = urns.filter((urn) => !linked.has(links.keyOf(urn)));
  const lines = told.map(({ line, key }) =>
    links.knows(key) ? html`<li>${links.object(key)}${line.slice(key.length)}</li>` : html`<li>${line}</li>`,
  );
  return html`<div class="statement${care && " needs-care"}">
    <p>${care && html`<span class="mark care">! care</span> `}${says}</p>
    ${folded(lines)} ${folded(others.map((urn) => html`<li>${links.urn(urn)}</li>`))}
  </div>`;
}

/** A list of which the beginning is shown at once. */
function folded(items: readonly Html[]): Html | undefined {
  if (items.length === 0) return undefined;
  const rest = items.slice(mostLines);
  return html`<ul>
      ${items.slice(0, mostLines)}
    </ul>
    ${
      rest.length > 0 &&
      html`<details>
        <summary>${rest.length} more</summary>
        <ul>
          ${rest}
        </ul>
      </details>`
    }`;
}

function restartTable(restarts: readonly Restart[]): Html | undefined {
  if (restarts.length === 0) return undefined;
  return table({
    caption: "Pods that restart, in their order",
    head: ["Workload", "Site", "Pods", "Because of"],
    rows: restarts.map(({ workload, namespace, site, pods, count, because }) => [
      html`<code>${workload}</code> <span class="faint">${namespace}</span>`,
      site,
      pods.length === 0
        ? counted(count, "pod")
        : pods.map((pod, index) => html`${index > 0 && " → "}<code>${pod}</code>`),
      because.map((path) => html`<code>${path}</code><br />`),
    ]),
  });
}

function costTable(cost: Diff["cost"]): Html | undefined {
  if (cost.length === 0) return undefined;
  return table({
    caption: "What is paid for, counted",
    head: ["What", "Before", "After", "Difference"],
    rows: cost.map(({ what, unit, before, after }) => [
      what,
      amount(before, unit),
      amount(after, unit),
      `${after > before ? "+" : "−"}${amount(Math.abs(after - before), unit)}`,
    ]),
  });
}

const amount = (value: number, unit: string | undefined): string =>
  unit === undefined ? String(value) : `${value} ${unit}`;

/** Every resource that is different, with its fields. */
export function changeList({ changes }: Diff, links: Links): Section {
  const shown = changes.slice(0, mostChanges);
  return {
    id: "changes",
    title: "All changes",
    count: changes.length,
    content: html`${changes.length === 0 && html`<p>No resource is different.</p>`}
    ${shown.map((one) => change(one, links))}
    ${changes.length > shown.length && html`<p>${changes.length - shown.length} more are in the <a href="#objects">object browser</a>, and in <code>diff --json</code>.</p>`}`,
  };
}

const signs = {
  create: "+ create",
  update: "~ update",
  replace: "! replace",
  remove: "− remove",
  release: "− release",
} as const satisfies Record<ResourceChange["action"], string>;

function change({ urn, was, action, kind, name, namespace, site, fields }: ResourceChange, links: Links): Html {
  const where = [namespace, site].filter((part) => part !== undefined).join(" · ");
  const line = html`<span class="mark ${action}">${signs[action]}</span> ${kind} <strong>${name}</strong>
    <span class="faint">${where}${fields.length > 0 && `, ${counted(fields.length, "field")}`}</span>`;
  return html`<details class="change">
    <summary>${line}</summary>
    <p>${links.urn(urn)}${was !== undefined && html`, formerly <code>${was}</code>`}</p>
    ${fields.length > 0 && fieldTable(`Fields of ${kind} ${name} that change`, fields)}
  </details> `;
}
