import type { ReportData } from "../reported";
import { anchorOf, html, type Html } from "../html";
import { entriesOf, type Entry } from "./entries";
import { objectView } from "./object-view";
import { elementOf, show } from "./page";
import { searcher } from "./search";

/** So many results are shown at once. */
const pageSize = 25;
/** Milliseconds without a key before a search begins: nobody wants the result of half a word read out. */
const pause = 150;

/** Brings the object browser to life. Which object is shown stands in the address, so that links and "back" work. */
export function browse(data: ReportData): void {
  const entries = entriesOf(data);
  const search = searcher(entries);
  const byUrn = new Map(entries.map((entry) => [entry.urn, entry]));
  const view = objectView(data, entries);

  const text = elementOf("search", HTMLInputElement);
  const found = elementOf("found", HTMLElement);
  const results = elementOf("results", HTMLElement);
  const more = elementOf("more", HTMLButtonElement);
  const filters = filtersOf(entries);
  let matches: readonly Entry[] = [];
  let shown = 0;
  let opened: string | undefined;

  const list = (count: number) => {
    shown = Math.min(count, matches.length);
    show(results, html`${matches.slice(0, shown).map((entry) => html`<li>${link(entry, entry.urn === opened)}</li>`)}`);
    more.hidden = shown === matches.length;
    found.textContent =
      matches.length === 0
        ? "Nothing found."
        : `${shown === matches.length ? "" : `${shown} of `}${matches.length} found`;
  };
  const run = () => {
    matches = search({ text: text.value, ...filters.wanted() });
    list(pageSize);
  };
  const open = () => {
    const urn = decoded(location.hash);
    const entry = byUrn.get(urn);
    if (entry === undefined && opened === undefined) return;
    opened = entry?.urn;
    view(entry);
    list(shown);
  };

  let waiting: number | undefined;
  text.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(run, pause);
  });
  filters.onChange(run);
  more.addEventListener("click", () => {
    const before = shown;
    list(shown + pageSize);
    // Whoever goes by keyboard goes on where the new ones begin.
    results.children[before]?.querySelector("a")?.focus();
  });
  window.addEventListener("hashchange", open);
  run();
  open();
}

function link({ urn, kind, name, namespace, site, change }: Entry, current: boolean): Html {
  const where = [kind, namespace, site, change?.action].filter((part) => part !== undefined).join(" · ");
  return html`<a href="${anchorOf(urn)}" ${current && html` aria-current="true"`}
    ><span class="name">${name}</span><small>${where}</small></a
  >`;
}

function decoded(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}

const none = { kind: "", organisation: "", site: "", action: "" };

/** The choices beside the search, of which a page has those that make sense there. */
function filtersOf(entries: readonly Entry[]) {
  const values: Readonly<Record<keyof typeof none, readonly (string | undefined)[]>> = {
    kind: entries.map(({ kind }) => kind),
    organisation: entries.map(({ organisation }) => organisation),
    site: entries.map(({ site }) => site),
    action: entries.map(({ change }) => change?.action),
  };
  const selects = (Object.keys(none) as (keyof typeof none)[]).flatMap((name) => {
    const select = document.getElementById(name);
    if (!(select instanceof HTMLSelectElement)) return [];
    const counts = new Map<string, number>();
    for (const value of values[name]) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    if (name === "action" && counts.size > 0) select.append(new Option("everything that changes", "any"));
    for (const [value, count] of [...counts].sort(([one], [other]) => (one < other ? -1 : 1))) {
      select.append(new Option(`${value} (${count})`, value));
    }
    return [{ name, select }];
  });
  return {
    wanted: () => ({ ...none, ...Object.fromEntries(selects.map(({ name, select }) => [name, select.value])) }),
    onChange: (run: () => void) => {
      for (const { select } of selects) select.addEventListener("change", run);
    },
  };
}
