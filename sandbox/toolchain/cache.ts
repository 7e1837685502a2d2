import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { buildFlags, linkerFlags } from "./flags";
import { type FamilyName, familyOf, type Program, programs } from "./programs";

/** Where built programs are kept, outside the checkout, so that a fresh clone builds nothing again. */
export function toolCache(env: NodeJS.ProcessEnv = process.env): string {
  // The XDG specification says to ignore a relative path.
  const xdg = env["XDG_CACHE_HOME"];
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "fabric-topologies", "tools");
}

/** Everything that decides what comes out of a build. */
export interface BuildInputs {
  readonly family: FamilyName;
  /** Name and content of the family's files: go.mod, go.sum and, where there is one, main.go; none for a wheel. */
  readonly files: Readonly<Record<string, string>>;
  /** What `go version` says: release, operating system and architecture; empty for a wheel. */
  readonly goVersion: string;
}

/** The folder of a family's builds below the cache: `<family>-<hash>`; it changes with every input of the build. */
export function familyFolder({ family, files, goVersion }: BuildInputs): string {
  const hash = createHash("sha256");
  const add = (part: string) => hash.update(`${Buffer.byteLength(part)}:${part}`);
  for (const [name, content] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    add(name);
    add(content);
  }
  add(goVersion.trim());
  for (const flag of buildFlags(familyOf(family))) add(flag);
  add(linkerFlags(familyOf(family)));
  const { wheel } = familyOf(family);
  if (wheel) add(JSON.stringify([wheel, process.platform, process.arch]));
  for (const [name, program] of Object.entries<Program>(programs))
    if (program.family === family && (program.tags || program.cgo))
      add(JSON.stringify([name, program.tags, program.cgo]));
  return `${family}-${hash.digest("hex").slice(0, 12)}`;
}
