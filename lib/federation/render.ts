import type { SiteManifests } from "../constructs/manifests";
import type { Applied, Federation } from "./applied";
import { renderDirect } from "./direct";
import { renderKarmada } from "./karmada/render";
import { Unpropagatable, type FederationFinding } from "./findings";
import { unsayable } from "./kubefed/limits";
import { renderKubefed } from "./kubefed/render";
import { propagationOf, type NonEmpty, type Propagation } from "./propagation";

/** Who takes objects to the members. */
export type Engine = "direct" | "karmada" | "kubefed";

const renderers: Readonly<Record<Engine, (propagation: Propagation, federation: Federation) => Applied[]>> = {
  direct: renderDirect,
  karmada: renderKarmada,
  kubefed: renderKubefed,
};

/**
 * Everything that is applied, to the host and to the members, so that every site has its objects.
 * @throws Unpropagatable with everything that cannot be said, to any engine or to this one
 */
export function render(engine: Engine, sites: NonEmpty<SiteManifests>, federation: Federation): Applied[] {
  return renderers[engine](propagationOf(sites), federation);
}

/** Everything that {@link render} would refuse, before anybody knows where the sites are. */
export function unrenderable(engine: Engine, sites: NonEmpty<SiteManifests>): readonly FederationFinding[] {
  try {
    const { propagated } = propagationOf(sites);
    return engine === "kubefed" ? unsayable(propagated) : [];
  } catch (error) {
    if (error instanceof Unpropagatable) return error.findings;
    throw error;
  }
}
