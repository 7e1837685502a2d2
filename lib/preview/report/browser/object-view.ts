import type { ReportData } from "../reported";
import { anchorOf, html, type Content, type Html } from "../html";
import { fieldTable } from "../value";
import { recordOf, textOf, type Entry } from "./entries";
import { elementOf, show } from "./page";
import { yamlText } from "./yaml";

/** More links than these are folded away. */
const mostLinks = 6;

/** Shows an object with everything that it is tied to, and moves there; without one, shows none. */
export function objectView(data: ReportData, entries: readonly Entry[]): (entry: Entry | undefined) => void {
  const place = elementOf("object", HTMLElement);
  const around = tiesOf(data, entries);
  let format: Format = "YAML";
  return (entry) => {
    place.hidden = entry === undefined;
    place.parentElement?.classList.toggle("open", entry !== undefined);
    if (entry === undefined) return;
    show(place, objectHtml(entry, around));
    const inputs = place.querySelector("pre");
    const buttons = [...place.querySelectorAll<HTMLButtonElement>("button[data-format]")];
    const written = (as: Format) => {
      format = as;
      if (inputs !== null) inputs.textContent = formats[as](entry.resource?.inputs ?? {});
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset["format"] === as));
    };
    for (const button of buttons) button.addEventListener("click", () => written(button.dataset["format"] as Format));
    written(format);
    place.querySelector("h3")?.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  };
}

const formats = { YAML: yamlText, JSON: (value: unknown) => JSON.stringify(value, undefined, 2) } as const;
type Format = keyof typeof formats;

/** What objects have to do with each other. */
interface Ties {
  readonly link: (urn: string) => Html;
  readonly neededBy: (urn: string) => readonly string[];
  readonly children: (urn: string) => readonly string[];
  /** The workload that an object is there for, by the label that both have. */
  readonly workload: (entry: Entry) => string | undefined;
  readonly findings: (entry: Entry) => ReportData["findings"];
}

function tiesOf({ findings }: ReportData, entries: readonly Entry[]): Ties {
  const byUrn = new Map(entries.map((entry) => [entry.urn, entry]));
  const neededBy = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  const workloads = new Map<string, string>();
  const instance = ({ site, namespace }: Entry, name: string) => [site, namespace, name].join("\n");
  for (const entry of entries) {
    const { urn, kind, name, resource } = entry;
    for (const needed of resource?.dependencies ?? []) put(neededBy, needed, urn);
    if (resource?.parent !== undefined) put(children, resource.parent, urn);
    if (/^(StatefulSet|Deployment|Job)$/.test(kind)) workloads.set(instance(entry, name), urn);
  }
  return {
    link: (urn) => {
      const entry = byUrn.get(urn);
      if (entry === undefined) return html`<code>${urn}</code>`;
      const { kind, namespace, name } = entry;
      return html`<a href="${anchorOf(urn)}">${kind} ${namespace !== undefined && `${namespace}/`}${name}</a>`;
    },
    neededBy: (urn) => neededBy.get(urn) ?? [],
    children: (urn) => children.get(urn) ?? [],
    workload: (entry) => {
      const name = textOf(labelsOf(entry)["app.kubernetes.io/instance"]);
      const urn = name === undefined ? undefined : workloads.get(instance(entry, name));
      return urn === entry.urn ? undefined : urn;
    },
    findings: ({ kind, namespace, name }) => {
      const key = [kind, namespace, name].filter((part) => part !== undefined).join("/");
      return findings.filter(({ object }) => object === key);
    },
  };
}

function put(into: Map<string, string[]>, key: string, value: string): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [value]);
  else known.push(value);
}

function labelsOf({ resource }: Entry): Readonly<Record<string, unknown>> {
  return recordOf(recordOf(resource?.inputs["metadata"])["labels"]);
}

function objectHtml(entry: Entry, ties: Ties): Html {
  const { urn, type, kind, name, namespace, site, organisation, resource, change } = entry;
  const workload = ties.workload(entry);
  const findings = ties.findings(entry);
  const zone = textOf(labelsOf(entry)["topology.kubernetes.io/zone"]);
  const rows: readonly (readonly [string, Content])[] = [
    ["Type", html`<code>${type}</code>`],
    ["Namespace", namespace],
    ["Site", zone === undefined ? site : `${site ?? ""}, ${zone}`],
    ["Organisation", organisation],
    ["Belongs to", workload !== undefined && ties.link(workload)],
    ["Part of", resource?.parent !== undefined && ties.link(resource.parent)],
    ["Made by", resource?.provider !== undefined && ties.link(resource.provider)],
    ["Made after", links(resource?.dependencies ?? [], ties)],
    ["Before", links(ties.neededBy(urn), ties)],
    ["Holds", links(ties.children(urn), ties)],
    ["Engine", engineWords(entry)],
    ["URN", html`<code>${urn}</code>`],
    ["Former names", formerNames(resource?.aliases ?? [])],
  ];
  return html`<p class="faint">${kind}${resource === undefined && ", which goes with this change"}</p>
    <h3 tabindex="-1">${name}</h3>
    <dl class="words">
      ${rows.map(
        ([term, content]) =>
          content !== undefined &&
          content !== false &&
          html`<dt>${term}</dt>
            <dd>${content}</dd>`,
      )}
    </dl>
    ${
      change !== undefined &&
      html`<h4>Change: ${change.action}</h4>
        ${change.fields.length > 0 && fieldTable(`Fields of ${kind} ${name} that change`, change.fields)}`
    }
    ${findings.map(({ policy, severity, found, remedy }) => html`<p><span class="mark ${severity}">${severity}</span> <code>${policy}</code>: ${found}. ${remedy}</p>`)}
    ${
      resource !== undefined &&
      html`<h4 id="inputs">Inputs</h4>
        <div class="buttons" role="group" aria-labelledby="inputs">
          ${Object.keys(formats).map((format) => html`<button type="button" data-format="${format}">${format}</button>`)}
        </div>
        <pre tabindex="0" role="region" aria-labelledby="inputs"></pre>`
    }
    <p><a href="#browse">Back to the search</a></p>`;
}

function links(urns: readonly string[], ties: Ties): Html | undefined {
  if (urns.length === 0) return undefined;
  const list = html`<ul class="plain">
    ${urns.map((urn) => html`<li>${ties.link(urn)}</li>`)}
  </ul>`;
  return urns.length <= mostLinks
    ? list
    : html`<details>
        <summary>${urns.length} objects</summary>
        ${list}
      </details>`;
}

function engineWords({ resource }: Entry): string | undefined {
  if (resource === undefined) return undefined;
  const words = [
    ...(resource.protect ? ["refuses to delete it"] : []),
    ...(resource.retainOnDelete ? ["leaves it in the cluster when the stack goes"] : []),
    ...(resource.deleteBeforeReplace ? ["deletes it before it makes it anew"] : []),
    ...(resource.ignoreChanges.length > 0 ? [`passes over changes of ${resource.ignoreChanges.join(", ")}`] : []),
  ];
  return words.length === 0 ? undefined : words.join("; ");
}

function formerNames(aliases: readonly string[]): Html | undefined {
  if (aliases.length === 0) return undefined;
  return html`<details>
    <summary>${aliases.length} known to the engine</summary>
    <ul class="plain">
      ${aliases.map((urn) => html`<li><code>${urn}</code></li>`)}
    </ul>
  </details>`;
}
