import { plain, type Palette } from "../../lib/explain/table";
import type { Conversion } from "../../lib/federation/convert/convert";
import { general } from "../../lib/federation/convert/engines";
import type { Change } from "../../lib/federation/convert/notebook";
import { byWeight, countsOf, headings } from "../../lib/federation/convert/report";
import { counted } from "../../lib/spec/words";

/** For a terminal: everything that matters, and of the rest how much there is. */
export function reportText(conversion: Conversion, { strong, bad, faint }: Palette = plain): string {
  const counts = countsOf(conversion);
  const groups = byWeight(conversion.changes).flatMap(([weight, changes]) => {
    if (changes.length === 0 || weight === "same") return [];
    const colour = weight === "changed" ? strong : bad;
    return [
      `${colour(headings[weight])} (${changes.length})`,
      ...changes.flatMap((change) => lines(change, faint)),
      "",
    ];
  });
  const same = conversion.changes.filter(({ weight }) => weight === "same").length;
  return [
    ...groups,
    `${counted(counts.karmada, "object")} for Karmada, ${counts.host} for the host; ${counted(same, "thing")} said in another way with the same meaning, and ${general.length} differences of the engines (--markdown or --json tells all)`,
  ].join("\n");
}

function lines({ object, file, line, kubefed, karmada, remedy }: Change, faint: (text: string) => string): string[] {
  return [
    `  ${object} ${faint(`${file}:${line}`)}`,
    `    KubeFed: ${kubefed}`,
    `    Karmada: ${karmada}`,
    ...(remedy === undefined ? [] : [`    do: ${remedy}`]),
  ];
}
