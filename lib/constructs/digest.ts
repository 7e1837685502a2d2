import { createHash } from "node:crypto";

/** A short digest of a ConfigMap's files: pods that read it carry it, and so restart when it changes. */
export function digestOf(files: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).sort())
    hash
      .update(name)
      .update("\0")
      .update(files[name] ?? "")
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}
