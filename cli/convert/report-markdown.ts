import { markdownTable } from "../../lib/explain/markdown";
import type { Conversion } from "../../lib/federation/convert/convert";
import { general, stepsOf } from "../../lib/federation/convert/engines";
import type { Change } from "../../lib/federation/convert/notebook";
import { byWeight, countsOf, headings } from "../../lib/federation/convert/report";

/** The whole report, for a pull request or beside the files. */
export function reportMarkdown(conversion: Conversion): string {
  const counts = countsOf(conversion);
  const groups = byWeight(conversion.changes).flatMap(([weight, changes]) =>
    changes.length === 0 ? [] : [`## ${headings[weight]}`, rows(changes)],
  );
  return `${[
    "# From KubeFed to Karmada",
    `${counts.karmada} objects for Karmada, ${counts.host} for the host.`,
    "## In this order",
    stepsOf(conversion)
      .map((step, index) => `${index + 1}. ${step}`)
      .join("\n"),
    ...groups,
    "## What is another for every object",
    markdownTable(
      ["KubeFed", "Karmada"],
      general.map(({ kubefed, karmada }) => [kubefed, karmada]),
    ),
  ].join("\n\n")}\n`;
}

function rows(changes: readonly Change[]): string {
  const remedies = changes.some(({ remedy }) => remedy !== undefined);
  return markdownTable(
    ["Object", "Where", "KubeFed", "Karmada", ...(remedies ? ["Do"] : [])],
    changes.map(({ object, file, line, kubefed, karmada, remedy }) => [
      object,
      `${file}:${line}`,
      kubefed,
      karmada,
      ...(remedies ? [remedy ?? ""] : []),
    ]),
  );
}
