import { CommandError, errorText } from "../errors";
import { palette, say } from "../terminal";
import { rangeOf } from "./git";
import { CannotBeShown, type Side, type SideOptions, type SidePreview } from "./side";
import { sideOf, workingTree } from "./sides";

type Shown = SidePreview & { readonly label: string };
type Broken = { readonly label: string; readonly why: string };

/**
 * Previews what the words of the command line name. Where one side cannot be shown, the other one still is.
 * @param to Without it `from` is a range of revisions, or is compared with the files as they are.
 * @throws CommandError after that
 */
export async function bothSides(
  from: string,
  to: string | undefined,
  options: SideOptions,
): Promise<{ readonly before: Shown; readonly after: Shown }> {
  const [start, end] = wordsOf(from, to);
  const [before, after] = await Promise.all([
    tryOut(start, () => sideOf(start, options)),
    end === undefined ? tryOut("working tree", () => workingTree(options)) : tryOut(end, () => sideOf(end, options)),
  ]);
  if ("preview" in before && "preview" in after) return { before, after };
  const { previewText } = await import("../../lib/preview/text");
  const broken = [before, after].filter((side) => "why" in side);
  for (const side of [before, after]) {
    if ("preview" in side) say(`${side.label}\n\n${previewText(side.preview, palette(process.stdout))}`);
  }
  throw new CommandError(
    broken.map(({ label, why }) => `${label} cannot be shown:\n${why}`).join("\n\n"),
    broken.length === 2 ? "mend both sides" : `mend ${broken[0]?.label ?? ""}; the other side is shown above`,
  );
}

function wordsOf(from: string, to: string | undefined): readonly [string, string | undefined] {
  return (to === undefined ? rangeOf(from) : undefined) ?? [from, to];
}

async function tryOut(label: string, side: () => Side): Promise<Shown | Broken> {
  try {
    return { label, ...(await side().preview()) };
  } catch (error) {
    return { label, why: error instanceof CannotBeShown ? error.message : errorText(error) };
  }
}
