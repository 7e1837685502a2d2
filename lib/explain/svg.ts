/** Text in an SVG: how wide it will be at most, where it may be broken, and how it is written. */

/** `mono` for names that people type, `sans` for everything else. */
export type Face = "mono" | "sans";

/**
 * Upper bound of a text's width in pixels, by counting characters: which font a viewer has is not known here, so the
 * widest of the usual ones is assumed.
 */
export function textWidth(text: string, size: number, face: Face): number {
  if (face === "mono") return text.length * size * 0.62;
  return [...text].reduce((sum, letter) => sum + size * (/[A-Zmw@%–]/.test(letter) ? 0.86 : 0.58), 0);
}

/**
 * A text in lines that are no wider than `width`: broken after blanks, hyphens and dots, and inside a word only where the
 * word alone is too wide. With `most`, what does not fit into so many lines ends in an ellipsis.
 */
export function wrap(text: string, width: number, size: number, face: Face, most = Infinity): string[] {
  const fits = (line: string) => textWidth(line.trimEnd(), size, face) <= width;
  const lines: string[] = [];
  let line = "";
  for (const part of text.match(/[^\s.-]*[\s.-]?/g) ?? []) {
    if (fits(line + part)) {
      line += part;
      continue;
    }
    if (line !== "") lines.push(line.trimEnd());
    line = "";
    for (const letter of part) {
      if (line !== "" && !fits(line + letter)) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  lines.push(line.trimEnd());
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${(lines[most - 1] ?? "").slice(0, -1)}…`];
}

/** A text as it may stand between tags and in attributes. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** An element. Attributes stand in the order in which they are given; numbers have at most one decimal. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, content = ""): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? Math.round(value * 10) / 10 : escapeXml(value)}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** Lines of text below each other; `y` is the base line of the first. */
export function textLines(lines: readonly string[], x: number, y: number, step: number, style: string): string[] {
  return lines.map((line, index) => element("text", { class: style, x, y: y + index * step }, escapeXml(line)));
}
