import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdModules, type CrdModule } from "./modules";

/** The folders of the modules in Go's module cache, or in one line why they cannot be had. */
export type Download = { readonly folders: ReadonlyMap<CrdModule, string> } | { readonly missing: string };

/** Has Go's own client fetch the modules, into its own cache: what is there already takes no network. */
export function downloadModules(env: NodeJS.ProcessEnv = process.env): Download {
  // Somewhere without a go.mod: the versions are ours alone.
  const nowhere = mkdtempSync(join(tmpdir(), "fabric-topologies-crds-"));
  try {
    const said = spawnSync("go", ["mod", "download", "-json", ...crdModules.map(named)], {
      cwd: nowhere,
      encoding: "utf8",
      maxBuffer: 2 ** 24,
      // The sums are in modules.ts, so nobody else need be asked for them.
      env: { ...env, GOFLAGS: "", GOWORK: "off", GOTOOLCHAIN: "local", GONOSUMDB: "*" },
    });
    if (said.error !== undefined) return { missing: "no Go on PATH" };
    return foldersIn(said.stdout);
  } finally {
    rmSync(nowhere, { recursive: true, force: true });
  }
}

interface Downloaded {
  readonly Path: string;
  readonly Dir?: string;
  readonly Sum?: string;
  readonly Error?: string;
}

function foldersIn(output: string): Download {
  const downloaded = output
    .split(/(?<=^\})$/m)
    .filter((text) => text.trim() !== "")
    .map((text) => JSON.parse(text) as Downloaded);
  const folders = new Map<CrdModule, string>();
  for (const module of crdModules) {
    const found = downloaded.find(({ Path }) => Path === module.module);
    if (found?.Dir === undefined) return { missing: `${named(module)} cannot be downloaded: ${found?.Error ?? "?"}` };
    // Not a lack but a danger: never a reason to skip.
    if (found.Sum !== module.sum) {
      throw new Error(`found ${named(module)} with sum ${found.Sum ?? "none"}; expected ${module.sum}`);
    }
    folders.set(module, found.Dir);
  }
  return { folders };
}

const named = ({ module, version }: CrdModule): string => `${module}@${version}`;
