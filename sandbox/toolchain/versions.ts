import type { VersionCheck } from "./programs";

/** Major, minor and patch. */
export type Version = readonly [number, number, number];

/**
 * The first version in what a program prints about itself: `Kubernetes v1.36.3`, `etcd Version: 3.6.16`, `v3.259.0`,
 * `go version go1.26.8 linux/amd64`. Undefined where there is none.
 */
export function parseVersion(text: string): Version | undefined {
  const match = /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Negative where `a` is older than `b`, positive where it is newer, 0 where they are the same. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Whether a program that states `found` can stand in for our pinned version. */
export function versionFits(found: string, pinned: string, accept: VersionCheck["accept"]): boolean {
  const theirs = parseVersion(found);
  const ours = parseVersion(pinned);
  if (!theirs || !ours) return false;
  if (accept === "minor") return theirs[0] === ours[0] && theirs[1] === ours[1];
  const oldest = parseVersion(accept.atLeast);
  return oldest !== undefined && theirs[0] === ours[0] && compareVersions(theirs, oldest) >= 0;
}
