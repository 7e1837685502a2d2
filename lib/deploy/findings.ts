/** One thing that the live cluster says against a deployment, in words an operator can act on. */
export interface ClusterFinding {
  /** The site whose cluster was asked. */
  readonly site: string;
  /** The object concerned, `<Kind>/<namespace>/<name>`; none where the cluster itself is the matter. */
  readonly object?: string;
  /** What was found there. */
  readonly found: string;
  /** What would be in order. */
  readonly allowed: string;
  /** What to do: an imperative sentence, with the command where there is one. */
  readonly fix: string;
}

/** A finding by a check that knows only its object; who called it knows the site and the object's key. */
export type ObjectFinding = Omit<ClusterFinding, "site" | "object">;

/** Every finding as text for a terminal, in the order of sites and objects. */
function formatFindings(findings: readonly ClusterFinding[]): string {
  return [...findings]
    .sort((a, b) => a.site.localeCompare(b.site) || (a.object ?? "").localeCompare(b.object ?? ""))
    .map(({ site, object, found, allowed, fix }) =>
      [
        `site ${site}${object === undefined ? "" : `, ${object}`}: found ${found}`,
        `    allowed: ${allowed}`,
        `    do: ${fix}`,
      ].join("\n"),
    )
    .join("\n");
}

/** A deployment that the live clusters cannot take as it is. Carries every finding of every site; nothing was applied. */
export class PreflightError extends Error {
  override readonly name = "PreflightError";

  constructor(readonly findings: readonly ClusterFinding[]) {
    const count = `${findings.length} ${findings.length === 1 ? "thing stands" : "things stand"} in the way`;
    super(`nothing was applied: ${count}\n${formatFindings(findings)}`);
  }
}
