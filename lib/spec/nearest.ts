import { distance } from "fastest-levenshtein";

/**
 * What somebody probably meant: the known name that differs least from what they wrote, by no more than two and
 * no more than a third of its letters, or only by their order. Case, `-` and `_` do not count. Nothing where nothing is near: a wild guess is worse than none.
 */
export function nearest(written: string, known: readonly string[]): string | undefined {
  // Measuring is quadratic in the lengths, and nobody mistypes a name of such a length.
  if (written.length > 100) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[-_\s]/g, "");
  const letters = (text: string) => [...text].sort().join("");
  const target = plain(written);
  const [best] = known
    .map((name) => ({ name, plainName: plain(name) }))
    .map(({ name, plainName }) => ({ name, plainName, far: distance(target, plainName) }))
    .filter(
      ({ plainName, far }) =>
        far <= Math.min(2, Math.max(1, Math.floor(Math.min(target.length, plainName.length) / 3))) ||
        (far === 2 && letters(target) === letters(plainName)),
    )
    .sort((a, b) => a.far - b.far);
  return best?.name;
}

/** ` Did you mean x?`, or nothing. */
export function didYouMean(written: string, known: readonly string[]): string {
  const near = nearest(written, known);
  return near === undefined ? "" : ` Did you mean ${near}?`;
}
