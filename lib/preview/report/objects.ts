import { outlineOf } from "../outline";
import { countedKinds, groupTitle, retainedNote } from "../text";
import { html } from "./html";
import type { Section } from "./page";
import type { Reported } from "./reported";
import { table } from "./table";

/** Organisations beyond these are folded away. */
const mostGroups = 12;

/** What there is by organisation, and the browser through all of it, which the script fills. */
export function objects({ preview, diff }: Reported): Section {
  const outline = outlineOf(preview.graph);
  const rows = outline.sites.flatMap(({ site, groups }) =>
    groups.map((group) => [
      groupTitle(group),
      site,
      String(group.objects),
      html`${group.notable.map(({ kind, name, says }) => html`${kind} <code>${name}</code>: ${says}<br />`)}<span
          class="faint"
          >${countedKinds(group)}</span
        >`,
    ]),
  );
  const outlined = table({
    caption: "Objects by organisation",
    head: ["Organisation", "Site", "Objects", "What they are"],
    rows,
  });
  return {
    id: "objects",
    title: "Objects",
    count: preview.graph.resources.length,
    content: html`<p>${retainedNote(outline)}</p>
      ${
        rows.length <= mostGroups
          ? outlined
          : html`<details>
              <summary>Objects by organisation: ${rows.length}</summary>
              ${outlined}
            </details>`
      }
      <h3 id="browse">Browse</h3>
      <noscript
        ><p>
          Searching the objects and reading their inputs takes the script of this page. <code>preview --json</code> has
          them, too.
        </p></noscript
      >
      <div id="browser" hidden data-changes="${diff === undefined ? "no" : "yes"}">
        <div class="search" role="search" aria-labelledby="browse">
          <div>
            <label for="search">Search in names, kinds and inputs</label
            ><input id="search" type="search" autocomplete="off" spellcheck="false" aria-describedby="found" />
          </div>
          <div>
            <label for="kind">Kind</label
            ><select id="kind">
              <option value="">every kind</option>
            </select>
          </div>
          <div>
            <label for="organisation">Organisation</label
            ><select id="organisation">
              <option value="">every organisation</option>
            </select>
          </div>
          <div>
            ${
              diff === undefined
                ? html`<label for="site">Site</label
                    ><select id="site">
                      <option value="">every site</option>
                    </select>`
                : html`<label for="action">Change</label
                    ><select id="action">
                      <option value="">changed or not</option>
                    </select>`
            }
          </div>
        </div>
        <p id="found" class="faint" role="status"></p>
        <div class="browser">
          <div>
            <ul id="results" class="results"></ul>
            <p><button type="button" id="more" hidden>Show more</button></p>
          </div>
          <article id="object" class="object" hidden></article>
        </div>
      </div>`,
  };
}
