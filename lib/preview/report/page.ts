import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Html, html } from "./html";
import { reportScript } from "./script";

/** A part of the report that its contents lead to. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** How many there are of what the section tells. */
  readonly count?: number;
  readonly content: Html;
}

export interface Page {
  readonly title: string;
  readonly head: Html;
  readonly sections: readonly Section[];
  /** What the script works on, in base64. */
  readonly data: string;
}

/** The whole document. Nothing but its own style and script may act in it: browsers hold it to their digests. */
export async function page({ title, head, sections, data }: Page): Promise<string> {
  const style = styleSheet();
  const script = await reportScript();
  const rules = [
    "default-src 'none'",
    `style-src ${digest(style)}`,
    `script-src ${digest(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${rules}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${tagged("style", style)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <div class="frame">
          <header class="head">${head}</header>
          <nav class="contents" aria-label="Contents">
            <ul>
              ${sections.map(
                ({ id, title: name, count }) =>
                  html`<li><a href="#${id}">${name}${count !== undefined && html` <span>${count}</span>`}</a></li>`,
              )}
            </ul>
          </nav>
          <main id="main" tabindex="-1">
            ${sections.map(
              ({ id, title: name, content }) =>
                html`<section id="${id}" aria-labelledby="${id}-heading">
                  <h2 id="${id}-heading">${name}</h2>
                  ${content}
                </section> `,
            )}
          </main>
        </div>
        ${tagged('script type="application/json" id="data"', JSON.stringify({ encoding: "gzip, base64", content: data }))}
        ${tagged("script", script)}
      </body>
    </html> `;
  return text;
}

/** An element of text that is no markup, without a blank more: its digest must hold. */
function tagged(start: string, text: string): Html {
  return new Html(`<${start}>${text}</${start.replace(/ .*/, "")}>`);
}

function styleSheet(): string {
  const files = ["page", "parts", "objects", "print"];
  return files.map((name) => readFileSync(join(__dirname, "style", `${name}.css`), "utf8")).join("\n");
}

function digest(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}
