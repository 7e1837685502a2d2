import { existsSync, readdirSync } from "node:fs";
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

/** The names of all topologies: the folders beside this file. */
export function topologyNames(): string[] {
  return readdirSync(__dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(__dirname, entry.name, "index.ts")))
    .map(({ name }) => name)
    .sort();
}

/** The topology of a name, or undefined if there is no such folder. */
export async function findTopology(name: string): Promise<Topology | undefined> {
  if (!topologyNames().includes(name)) return undefined;
  const module = (await import(`./${name}/index`)) as { default: Topology };
  return module.default;
}
