import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { SiteManifests } from "../lib/constructs/manifests";
import type { Placement } from "../lib/placement/node";
import type { Network } from "../lib/spec/network";
import type { Finding } from "../lib/spec/problem";
import type { Settings } from "../lib/spec/settings";

/** A way to lay a network over sites and zones. One folder here, one default export, no edit elsewhere. */
export interface Topology {
  /** What it is, in one line. */
  readonly title: string;
  /** What it survives, one sentence each, as the README promises it and the failure matrix proves it. */
  readonly promises: readonly string[];
  /** What is impossible about this network on these sites. Empty: all promises hold. */
  readonly check: (network: Network, settings: Settings) => Finding[];
  /** Where everything goes. Only for what passed `check`. */
  readonly place: (network: Network, settings: Settings) => Placement;
  /** The Kubernetes objects of every site. */
  readonly synthesise: (placement: Placement, settings: Settings) => SiteManifests[];
}

/** Loads by a computed path: a topology is found by its folder alone. */
const load = createRequire(__filename);

/** Every topology by its name: the folders beside this file. */
export function findTopologies(): ReadonlyMap<string, Topology> {
  const names = readdirSync(__dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(__dirname, entry.name, "index.ts")))
    .map(({ name }) => name)
    .sort();
  return new Map(
    names.map((name) => [name, (load(join(__dirname, name, "index.ts")) as { default: Topology }).default]),
  );
}
