/** Whether each node is still one node after something was lost and came back: one pod of its name, with the keys it had. */

/** A peer or ordering node as the clusters of all sites had it, before the drill and after it. */
export interface IdentityObservation {
  readonly pod: string;
  readonly organisation: string;
  /** The only site that may have it. */
  readonly home: string;
  /** The sites that had a pod of its name afterwards. */
  readonly sites: readonly string[];
  /** Digests of the public keys of its certificates; absent where they could not be read. */
  readonly before?: string;
  readonly after?: string;
}

/** What is not as it must be, in sentences. */
export function identityFindings(identities: readonly IdentityObservation[]): string[] {
  return identities.flatMap(({ pod, organisation, home, sites, before, after }) => {
    const who = `${pod} of ${organisation}`;
    const abroad = sites.filter((site) => site !== home);
    return [
      ...(abroad.length > 0 ? [`${who} runs in ${abroad.join(", ")}, and its home is ${home}: a second identity`] : []),
      ...(sites.includes(home) ? [] : [`${who} did not come back to ${home}`]),
      ...(before !== undefined && after !== undefined && before !== after
        ? [`${who} came back with other keys than it had: a second identity`]
        : []),
    ];
  });
}
