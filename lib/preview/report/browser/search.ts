import type { Entry } from "./entries";

export interface Wanted {
  /** Words that all must be found. */
  readonly text: string;
  readonly kind: string;
  readonly organisation: string;
  readonly site: string;
  /** An action, or "any" for everything that changes. */
  readonly action: string;
}

/** Finds entries: first those that are called so, then those that say so. */
export function searcher(entries: readonly Entry[]): (wanted: Wanted) => Entry[] {
  const names = entries.map(({ kind, name, namespace = "", organisation = "", site = "", type }) =>
    [kind, name, namespace, organisation, site, type].join(" ").toLowerCase(),
  );
  // Made when a search first needs them: of thousands of objects they are long.
  const inputs: (string | undefined)[] = [];
  const inputsOf = (index: number) =>
    (inputs[index] ??= JSON.stringify(entries[index]?.resource?.inputs ?? "").toLowerCase());

  return ({ text, kind, organisation, site, action }) => {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const byName: Entry[] = [];
    const byInputs: Entry[] = [];
    entries.forEach((entry, index) => {
      if (kind !== "" && entry.kind !== kind) return;
      if (organisation !== "" && entry.organisation !== organisation) return;
      if (site !== "" && entry.site !== site) return;
      if (action !== "" && (action === "any" ? entry.change === undefined : entry.change?.action !== action)) return;
      const name = names[index] ?? "";
      const missing = words.filter((word) => !name.includes(word));
      if (missing.length === 0) byName.push(entry);
      else if (missing.every((word) => inputsOf(index).includes(word))) byInputs.push(entry);
    });
    return [...byName, ...byInputs];
  };
}
