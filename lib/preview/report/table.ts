import { html, type Content, type Html } from "./html";

interface Table {
  /** What it shows; also how its region is called for those who do not see it. */
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of each is what the row is about. */
  readonly rows: readonly (readonly Content[])[];
  readonly style?: string;
}

/** A table that scrolls within itself where it is too wide, also by keyboard. */
export function table({ caption, head, rows, style = "" }: Table): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table class="${style}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...rest]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${rest.map((content) => html`<td>${content}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}
