import { objectKey, type SiteManifests } from "../lib/constructs/manifests";
import type { Consortium } from "../lib/fabric/consortium";
import type { Timing } from "../lib/fabric/timing";
import { placed } from "../lib/federation/place";
import { unrenderable } from "../lib/federation/render";
import { consortiumOf } from "../lib/placement/consortium";
import type { Placement } from "../lib/placement/node";
import { timingOfSites } from "../lib/placement/timing";
import type { Network } from "../lib/spec/network";
import { loadStack, type LoadedStack, type StackInput } from "../lib/spec/load";
import { InvalidInput, type Finding } from "../lib/spec/problem";
import type { Settings } from "../lib/spec/settings";
import { admissionObjects } from "../policies/admission";
import { rules } from "../policies/all";
import type { Stack } from "../policies/rule";
import { judge, type Verdict } from "../policies/verdict";
import { checkWaivedPolicies, dayOf, type Day } from "../policies/waivers";
import { findTopologies, type Topology } from "./topology";

/** A network on its sites, checked and placed: what every command and the Pulumi program start from. */
export interface Plan extends LoadedStack {
  readonly topology: Topology;
  readonly placement: Placement;
  /** What the agents of all organisations will agree on: nodes with their addresses, channels, chaincodes. */
  readonly consortium: Consortium;
  /** What follows from the distance between the zones. */
  readonly timing: Timing;
  /**
   * The objects of every site, made when asked for.
   * @throws InvalidInput with everything that breaks a mandatory policy and is not waived, and all that the engine of a
   * federation cannot say
   */
  readonly synthesise: () => SiteManifests[];
  /** The same objects, whether they may be deployed or not, and what all policies say of them. */
  readonly examine: () => Examined;
  /** What all policies say of this network as somebody else saw it: a recorder, or an engine. */
  readonly judge: (seen: Pick<Stack, "sites" | "resources">) => Verdict;
}

/** What would be deployed, and the verdict on it. */
export interface Examined {
  readonly sites: SiteManifests[];
  readonly verdict: Verdict;
}

export interface PlanInput extends StackInput {
  /** The day against which waivers of policies end; by default this one. */
  readonly today?: Day;
}

/**
 * Loads a stack's settings and network, checks them against the topology that they name, and places every node.
 * @throws InvalidInput with every problem of both files
 */
export function planStack({ today = dayOf(new Date()), ...input }: PlanInput): Plan {
  const topologies = findTopologies();
  const loaded = loadStack({ ...input, checks: [...(input.checks ?? []), checkPolicyNames, checkAgainst(topologies)] });
  const { network, settings } = loaded;
  const topology = topologies.get(settings.topology);
  if (topology === undefined) throw new RangeError(`no topology ${settings.topology}`);
  const placement = topology.place(network, settings);
  const judged: Plan["judge"] = (seen) => judge(rules, { ...seen, placement }, network, today);
  const examine = (): Examined => {
    const bare = topology.synthesise(placement, settings);
    const sites = settings.admission ? bare.map((site) => guarded(site, network, today)) : bare;
    return { sites, verdict: judged({ sites }) };
  };
  return {
    ...loaded,
    topology,
    placement,
    consortium: consortiumOf(placement, settings),
    timing: timingOfSites(network, settings),
    synthesise: () => {
      const { sites, verdict } = examine();
      const refusals = [...verdict.refusals, ...unsaid(network, settings, sites)];
      if (refusals.length > 0) throw new InvalidInput(loaded.locate(refusals));
      return sites;
    },
    examine,
    judge: judged,
  };
}

/** What the engine that is to bring the objects to the sites cannot say of them. */
function unsaid(network: Network, settings: Settings, [first, ...others]: readonly SiteManifests[]): Finding[] {
  if (settings.federation === undefined || first === undefined) return [];
  const findings = unrenderable(settings.federation.engine, [first, ...others]);
  return findings.map((finding) => placed(finding, network, settings));
}

/**
 * A site with the policies that its API server can hold others to. They stand before the namespaces that they are about,
 * so that a waiver is known there before the object that it lets through.
 */
function guarded(site: SiteManifests, network: Network, today: Day): SiteManifests {
  const policies = admissionObjects(rules, network, today);
  const keys = policies.map(objectKey);
  const dependencies = new Map(site.dependencies);
  for (const object of site.objects) {
    if (object.kind !== "Namespace") continue;
    const key = objectKey(object);
    dependencies.set(key, [...(dependencies.get(key) ?? []), ...keys].sort());
  }
  return { ...site, objects: [...policies, ...site.objects], dependencies };
}

/** Waivers of policies that there are not. */
export const checkPolicyNames = (network: Network): Finding[] => checkWaivedPolicies(rules, network);

/** The check of whichever topology the settings name; that it exists is the first thing to be checked. */
export function checkAgainst(topologies: ReadonlyMap<string, Topology>): NonNullable<StackInput["checks"]>[number] {
  return (network, settings): readonly Finding[] => {
    const topology = topologies.get(settings.topology);
    if (topology !== undefined) return topology.check(network, settings);
    return [
      {
        document: "settings",
        path: ["topology"],
        found: settings.topology,
        allowed: [...topologies.keys()].join(", "),
        fix: "name one of these",
      },
    ];
  };
}
