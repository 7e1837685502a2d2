import { counted } from "../../spec/words";
import type { PolicyResult, Preview } from "../document";
import { html, type Html } from "./html";
import type { Links } from "./links";
import type { Section } from "./page";
import { table } from "./table";

/** A policy's list of objects holds at most these. */
const mostObjects = 300;

/** What the policies say: what is open, gravest first, then what is waived, by whom and until when. */
export function policies({ policies: { checked, findings } }: Preview, links: Links): Section {
  const open = findings.filter(({ waiver }) => waiver === undefined);
  const waived = findings.filter(({ waiver }) => waiver !== undefined);
  const mandatory = open.filter(({ severity }) => severity === "mandatory");
  const advisory = open.filter(({ severity }) => severity === "advisory");
  return {
    id: "policies",
    title: "Policies",
    count: open.length,
    content: html`<p>
        ${counted(checked, "policy").replace("policys", "policies")} were held against every object:
        ${
          findings.length === 0
            ? "all are kept."
            : `${counted(mandatory.length, "mandatory finding")}, ${counted(advisory.length, "advisory finding")}, ${waived.length} waived.`
        }
      </p>
      ${byPolicy(mandatory).map((group) => finding(group, links))}
      ${byPolicy(advisory).map((group) => finding(group, links))} ${waived.length > 0 && waivers(waived, links)}`,
  };
}

function byPolicy(findings: readonly PolicyResult[]): PolicyResult[][] {
  const groups = new Map<string, PolicyResult[]>();
  for (const one of findings) groups.set(one.policy, [...(groups.get(one.policy) ?? []), one]);
  return [...groups.values()];
}

function finding(group: readonly PolicyResult[], links: Links): Html {
  const [first] = group;
  if (first === undefined) return html``;
  const objects = group.map(({ object }) => object).filter((object) => object !== undefined);
  const found = [...new Set(group.map((one) => one.found))];
  const item = ({ object, found: says }: PolicyResult) =>
    html`<li>
      ${object === undefined ? "The stack as a whole" : links.object(object)}${found.length > 1 && `: ${says}`}
    </li>`;
  return html`<article class="finding">
    <p>
      <span class="mark ${first.severity}">${first.severity === "mandatory" ? "✕ mandatory" : "! advisory"}</span>
      <code>${first.policy}</code>
    </p>
    <h3>${first.title}</h3>
    <dl class="words">
      ${
        found.length === 1 &&
        html`<dt>Found</dt>
          <dd>${found}</dd>`
      }
      <dt>What to do</dt>
      <dd>${first.remedy}</dd>
    </dl>
    ${
      objects.length <= 2 && found.length === 1
        ? html`<ul class="plain">
            ${group.map(item)}
          </ul>`
        : html`<details>
            <summary>${counted(group.length, "object")}</summary>
            <ul class="plain">
              ${group.slice(0, mostObjects).map(item)}
            </ul>
            ${
              group.length > mostObjects &&
              html`<p>
                ${group.length - mostObjects} more: each object in the <a href="#objects">browser</a> tells its own.
              </p>`
            }
          </details>`
    }
  </article>`;
}

function waivers(findings: readonly PolicyResult[], links: Links): Html {
  return html`<h3>Waived</h3>
    ${table({
      caption: "Findings that somebody answers for",
      head: ["Policy", "Object", "Found", "Owner", "Reason", "Expires"],
      rows: findings.map(({ policy, object, found, waiver }) => [
        html`<code>${policy}</code>`,
        object === undefined ? "the stack as a whole" : links.object(object),
        found,
        waiver?.owner,
        waiver?.reason,
        waiver?.expires,
      ]),
    })}`;
}
