import { counted } from "../../spec/words";
import type { Diff } from "../diff/document";
import type { Preview } from "../document";
import { html, type Html } from "./html";
import type { Reported } from "./reported";

export function titleOf({ preview, diff }: Reported): string {
  return diff === undefined
    ? `Preview of ${preview.network}`
    : `${preview.network}: ${diff.from.label} → ${diff.to.label}`;
}

/** What is told about, how it stands, and how large it is. */
export function head({ preview, diff }: Reported): Html {
  const { network, fabric, topology, graph } = preview;
  return html`<p class="kind">${diff === undefined ? "Preview" : "Difference"} · stack ${graph.stack}</p>
    <h1>${network}</h1>
    <p class="lead">Hyperledger Fabric ${fabric}, ${topology.name}: ${topology.title}.</p>
    ${diff === undefined ? previewVerdict(preview) : html`${sides(diff)}${diffVerdict(diff)}`}
    <dl class="facts">
      ${facts(preview).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
}

function facts({ organisations, sites, nodes, graph, channels, policies }: Preview): [string, number][] {
  const of = (role: string) => nodes.filter((node) => node.role === role).length;
  return [
    ["organisations", organisations.length],
    [sites.length === 1 ? "site" : "sites", sites.length],
    ["zones", sites.flatMap(({ zones }) => zones).length],
    ["peers", of("peer")],
    ["ordering nodes", of("orderer")],
    [channels.length === 1 ? "channel" : "channels", channels.length],
    ["objects", graph.resources.filter(({ custom }) => custom).length],
    ["policies", policies.checked],
  ];
}

function previewVerdict({ policies: { refusals } }: Preview): Html {
  if (refusals.length === 0) {
    return html`<p class="verdict">
      <span class="mark good">✓ accepted</span>
      <span><code>pulumi up</code> would make this in an empty cluster (exit code 0).</span>
    </p>`;
  }
  return html`<p class="verdict">
      <span class="mark bad">✕ refused</span>
      <span><code>pulumi up</code> would stop and make nothing of this (exit code 1):</span>
    </p>
    <ul>
      ${refusals.map((refusal) => html`<li>${refusal}</li>`)}
    </ul>`;
}

function sides({ from, to }: Diff): Html {
  const side = (name: string, { label, network, fabric, topology, stack }: Diff["from"]) =>
    html`<div>
      <dt>${name}</dt>
      <dd>
        <strong>${label}</strong><br /><span class="faint"
          >${network}, Fabric ${fabric}, ${topology}, stack ${stack}</span
        >
      </dd>
    </div>`;
  return html`<dl class="sides">${side("From", from)}${side("To", to)}</dl>`;
}

function diffVerdict({ verdict, statements, counts }: Diff): Html {
  const care = statements.filter((statement) => statement.care).length;
  const told = {
    none: html`<span class="mark good">✓ no change</span> <span>Applying it would change nothing (exit code 0).</span>`,
    changes: html`<span class="mark">~ changes</span> <span>Nothing in it asks for special care (exit code 2).</span>`,
    care: html`<span class="mark care">! needs care</span>
      <span>Somebody should look at ${counted(care, "statement")} before it is applied (exit code 3).</span>`,
  }[verdict];
  const { create, update, replace, remove, release, same } = counts;
  const all = [
    [create, "created"],
    [update, "updated"],
    [replace, "replaced"],
    [remove, "removed"],
    [release, "released"],
    [same, "as they were"],
  ] as const;
  return html`<p class="verdict">${told}</p>
    <p class="faint">
      Resources: ${all.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(", ")}.
    </p>`;
}
