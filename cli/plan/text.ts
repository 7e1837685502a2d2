import type { Palette } from "../../lib/explain/table";
import { counted } from "../../lib/spec/words";
import type { Comparison } from "./compare";

/** How many differences are written out; a difference that all resources have should not scroll away what helps. */
const most = 20;

/** A comparison for a terminal. */
export function comparisonText({ stack, resources, differences }: Comparison, palette: Palette): string {
  if (differences.length === 0) {
    return `${palette.good("equal")}: the offline preview has the ${counted(resources, "resource")} that Pulumi's engine sees for stack ${stack}, each with the same inputs, parent, dependencies, provider and protection`;
  }
  const [first, rest] = [differences.slice(0, most), differences.slice(most)];
  return [
    palette.bad(
      `${counted(differences.length, "difference")} between the offline preview (${counted(resources, "resource")}) and Pulumi's engine, for stack ${stack}:`,
    ),
    "",
    ...first.flatMap(({ urn, what, offline, engine }) => [
      `${palette.strong(urn)}: ${what}`,
      `    offline: ${valueText(offline)}`,
      `    engine:  ${valueText(engine)}`,
    ]),
    ...(rest.length === 0 ? [] : [`and ${rest.length} more: --json has them all`]),
    "",
    "Each is a bug of fabric-topologies, unless its program was changed: the offline preview promises what the engine sees.",
    "Please report it with what --json prints (secrets are masked in it), the output of `pulumi version`, and what the",
    "network file and the settings say of these objects.",
  ].join("\n");
}

/** On one line; long enough for any URN, of which the end says most. */
function valueText(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 397)}...` : text;
}
