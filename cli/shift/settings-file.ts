import { readFileSync, writeFileSync } from "node:fs";
import { isMap, isScalar, parseDocument, type Document } from "yaml";
import { isStackFile, settingsNamespace } from "../../lib/spec/source/stack-document";

/**
 * Writes the weights of a pool into a settings file, so that the next `pulumi up` wants what stands. Everything else in it,
 * comments and layout too, stays as it is, as far as the weights stand there already.
 */
export function writeTraffic(file: string, pool: string, weights: Readonly<Record<string, number>>): void {
  writeFileSync(file, withTraffic(readFileSync(file, "utf8"), isStackFile(file), pool, weights));
}

/** The text of a settings file with other weights of a pool. */
export function withTraffic(
  text: string,
  isStack: boolean,
  pool: string,
  weights: Readonly<Record<string, number>>,
): string {
  const path = [...(isStack ? ["config", `${settingsNamespace}:traffic`] : ["traffic"]), pool];
  const document = parseDocument(text);
  const standing = document.getIn(path, true);
  const wanted = isMap(standing) ? weights : nonZero(weights);
  const spliced = isMap(standing) ? splice(text, document, path, wanted) : undefined;
  if (spliced !== undefined) return spliced;
  document.setIn(path, document.createNode(wanted, { flow: true }));
  return document.toString({ lineWidth: 0 });
}

/** Changes numbers only, where every site stands there already. */
function splice(
  text: string,
  document: Document,
  path: readonly string[],
  weights: Readonly<Record<string, number>>,
): string | undefined {
  const changes: { from: number; to: number; weight: number }[] = [];
  for (const [site, weight] of Object.entries(weights)) {
    const node = document.getIn([...path, site], true);
    if (!isScalar(node) || !node.range) {
      if (weight === 0) continue;
      return undefined;
    }
    changes.push({ from: node.range[0], to: node.range[1], weight });
  }
  return changes
    .sort((a, b) => b.from - a.from)
    .reduce((result, { from, to, weight }) => `${result.slice(0, from)}${weight}${result.slice(to)}`, text);
}

/** A site that gets nothing need not be named where nobody named it. */
function nonZero(weights: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0));
}
