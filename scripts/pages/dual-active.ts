import { readFileSync } from "node:fs";
import { join } from "node:path";
import { placementMarkdown } from "../../lib/explain/markdown";
import { example } from "./examples";

const page = join(__dirname, "../../topologies/dual-active/README.md");
const [begin, end] = ["<!-- placement of examples/minimal, made by npm run docs -->\n", "<!-- end -->\n"];

/** topologies/dual-active/README.md: written by hand, but for the table of where the smallest example goes. */
export function dualActivePage(): string {
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table: ${begin.trim()} … ${end.trim()}`);
  const table = `\n<!-- prettier-ignore -->\n${placementMarkdown(example("minimal").placement)}\n\n`;
  return text.slice(0, from + begin.length) + table + text.slice(to);
}
