import type { ReportData } from "../reported";
import { html, type Html } from "../html";
import { show } from "./page";

/** A channel's configuration as a tree whose branches are drawn when they are opened. */
export function plantConfigs(configs: ReportData["configs"]): void {
  const known = new Map<string, unknown>(configs.map(({ name, config }) => [name, config]));
  for (const tree of document.querySelectorAll<HTMLDetailsElement>("details.tree")) {
    const place = document.createElement("div");
    tree.append(place);
    onFirstOpen(tree, () => plant(place, known.get(tree.dataset["channel"] ?? "")));
  }
}

function plant(place: Element, value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const entries = Object.entries(value);
  show(
    place,
    html`<ul>
      ${entries.map(([key, inner], index) => html`<li>${branch(key, inner, index)}</li>`)}
    </ul>`,
  );
  for (const details of place.querySelectorAll<HTMLDetailsElement>(":scope > ul > li > details")) {
    const [, inner] = entries[Number(details.dataset["index"])] ?? [];
    const below = details.querySelector("div");
    if (below !== null) onFirstOpen(details, () => plant(below, inner));
  }
}

function branch(key: string, value: unknown, index: number): Html {
  if (typeof value !== "object" || value === null) return html`<code>${key}: ${JSON.stringify(value)}</code>`;
  const size = Object.keys(value).length;
  if (size === 0) return html`<code>${key}: ${Array.isArray(value) ? "[]" : "{}"}</code>`;
  return html`<details data-index="${index}">
    <summary><code>${key}</code> <span class="faint">${size}</span></summary>
    <div></div>
  </details>`;
}

function onFirstOpen(details: HTMLDetailsElement, run: () => void): void {
  details.addEventListener(
    "toggle",
    () => {
      if (details.open) run();
    },
    { once: true },
  );
}
