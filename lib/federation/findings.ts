/** Something that cannot be told to a federation, in words that people can act on. */
export interface FederationFinding {
  /** The object concerned, `<Kind>/<namespace>/<name>`. */
  readonly object: string;
  readonly found: string;
  readonly allowed: string;
  /** What to do: an imperative sentence. */
  readonly fix: string;
  /** What it is about, if not the object itself: the engine that cannot say it, or the member that wants another one. */
  readonly about?: "engine" | { readonly member: string };
}

/** Objects that no engine, or not the chosen one, can take to where they are wanted. Carries every finding. */
export class Unpropagatable extends Error {
  override readonly name = "Unpropagatable";

  constructor(readonly findings: readonly FederationFinding[]) {
    super(
      findings
        .map(({ object, found, allowed, fix }) => `${object}: found ${found}\n    allowed: ${allowed}\n    do: ${fix}`)
        .join("\n"),
    );
  }
}

/** @throws Unpropagatable where there is any finding */
export function assertSayable(findings: readonly FederationFinding[]): void {
  if (findings.length > 0) throw new Unpropagatable(findings);
}
