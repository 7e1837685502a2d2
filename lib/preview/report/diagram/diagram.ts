import { Html, html } from "../html";
import type { Section } from "../page";
import type { Reported } from "../reported";
import { table } from "../table";
import { drawDiagram } from "./draw";
import { layOut } from "./layout";
import { goneNodes, markSigns, marksOf, type NodeMarks } from "./marks";
import { diagramModel, zonesOf } from "./model";

/** Nodes that go are named up to so many: they have no place in the picture any more. */
const mostGone = 12;

/** The topology as a picture, and as a table for those who want every node. */
export async function diagram({ preview, diff }: Reported): Promise<Section> {
  const marks = marksOf(diff);
  const model = diagramModel(preview, marks);
  const gone = goneNodes(diff);
  const laid = await layOut(model);
  const picture = drawDiagram(model, laid, `${preview.network}: what runs in which zone, and who talks to whom`);
  return {
    id: "topology",
    title: "Topology",
    content: html`<figure>
        <div class="scroll" role="region" aria-label="Topology diagram" tabindex="0">${new Html(picture)}</div>
        <figcaption>
          <ul class="legend">
            ${legend.map(
              ([kind, words]) =>
                html`<li>
                  <svg viewBox="0 0 36 12" aria-hidden="true" focusable="false">
                    <path class="flow ${kind}" d="M0 6H36" /></svg
                  >${words}
                </li>`,
            )}
          </ul>
          ${gone.length > 0 && html`<p>− no longer there: ${gone.slice(0, mostGone).join(", ")}${gone.length > mostGone && ` and ${gone.length - mostGone} more`}</p>`}
          ${model.together !== undefined && html`<p>${model.together}</p>`}
        </figcaption>
      </figure>
      ${nodeTables(preview, marks)}`,
  };
}

const legend = [
  ["raft", "Raft between ordering nodes"],
  ["gossip", "gossip inside an organisation"],
  ["deliver", "peers submit and pull blocks: any ordering node serves them, drawn are those beside them"],
  ["gateway", "applications call gateways"],
] as const;

const roles = { peer: "Peers", orderer: "Ordering nodes", ca: "Certificate authorities" } as const;

/** Every node by organisation and zone. */
function nodeTables({ nodes, organisations, sites }: Reported["preview"], marks: NodeMarks): Html {
  const held = new Map<string, Html[]>();
  for (const { organisation, site, zone, role, pod, namespace } of nodes) {
    const key = [organisation, site, zone, role].join("\n");
    const mark = marks.of(namespace, pod);
    const written = html`<code>${pod}</code
      >${mark !== undefined && html` <span class="mark care">${markSigns[mark]}</span>`}<br />`;
    const its = held.get(key);
    if (its === undefined) held.set(key, [written]);
    else its.push(written);
  }
  const zones = zonesOf(sites);
  const rows = organisations.flatMap(({ name, mspId }) =>
    (["peer", "orderer", "ca"] as const).flatMap((role) => {
      const cells = zones.map(({ site, zone }) => held.get([name, site, zone, role].join("\n")));
      if (cells.every((cell) => cell === undefined)) return [];
      return [
        [
          html`${name} <span class="faint">${mspId}</span>`,
          roles[role],
          ...cells.map((cell) => cell ?? html`<span class="faint">none</span>`),
        ],
      ];
    }),
  );
  const name = ({ site, zone }: { readonly site: string; readonly zone: string }) =>
    sites.length > 1 ? `${site}, ${zone}` : zone;
  return html`<details>
    <summary>Every node by organisation and zone: ${nodes.length}</summary>
    ${table({
      caption: "Which node lives where",
      head: ["Organisation", "Role", ...zones.map(name)],
      rows,
    })}
  </details>`;
}
