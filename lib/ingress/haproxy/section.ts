/** A section of HAProxy's configuration: its first line, and what stands in it. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

/** A duration as HAProxy writes it. */
export const time = (seconds: number): string => `${Math.round(seconds * 1000)}ms`;

/** Names of HAProxy's backends: who takes a connection. They may hold `:`, and no `/`. */
export const backendName = {
  /** A host's endpoints on this site. */
  local: (host: string) => `local:${host}`,
  /** Another site's gateway, for hosts that are pinned there. */
  gateway: (site: string) => `gateway:${site}`,
  /** The same as far as it has a pool's endpoints that are well. */
  remote: (host: string, site: string) => `remote:${site}:${host}`,
};
