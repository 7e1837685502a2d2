import type { KubeObject } from "../../constructs/manifests";
import { removedConsenters } from "../../deploy/consenters";
import { withDefaults } from "../../deploy/fixed-fields";
import type { LiveObject } from "../../deploy/live";
import { identityOf, type RecordedObject } from "../../deploy/recorded";
import { refusedChanges } from "../../deploy/refused-changes";
import { renamedSites } from "../../deploy/renamed-sites";
import { fieldAt } from "../../deploy/fields";
import { counted } from "../../spec/words";
import type { RecordedGraph } from "../graph";
import { few, statement, type Comparison } from "./comparison";
import type { Statement } from "./document";

/**
 * What `pulumi up` would refuse where the first side is deployed: its look at the live cluster (lib/deploy/preflight.ts)
 * is held here against what was recorded, which is what a cluster has that nobody else has touched. Only whether volumes
 * can grow the cluster alone knows.
 */
export function refusedStatements(comparison: Comparison): Statement[] {
  const { before, after } = comparison;
  // Not only of what changes: the engine passes over the fixed fields of claims, and the look at the cluster does not.
  const objects = comparison.pairs.flatMap(({ before: was, after: is }) => {
    const key = is === undefined ? undefined : identityOf(is.urn)?.key;
    if (was === undefined || is === undefined || key === undefined) return [];
    const [live, desired]: [unknown, unknown] = [withDefaults(was.inputs), is.inputs];
    const findings = refusedChanges(desired as KubeObject, live as LiveObject, () => true);
    return findings.map((finding) => ({ object: key, urn: is.urn, ...finding }));
  });
  const sites = sitesOf(after.graph);
  const recorded = recordedOf(before.graph);
  const renamed = renamedSites(recorded, sites);
  // A renamed site is no removal (lib/deploy/deploy.ts).
  const whole = (renamed.length > 0 ? renamed : removedConsenters(recorded, sites, () => undefined).findings).map(
    (finding) => ({ urn: undefined, object: finding.object ?? "", ...finding }),
  );
  return alike([...objects, ...whole]).map(({ found, allowed, fix, objects: its, urns }) =>
    statement("refused", `pulumi up refuses ${found}.`, {
      care: true,
      details: [
        ...(its.length === 0 ? [] : [`${counted(its.length, "object")}: ${few(its)}`]),
        `allowed: ${allowed}`,
        `do: ${fix}`,
      ],
      urns,
    }),
  );
}

interface Finding {
  readonly urn: string | undefined;
  readonly object: string;
  readonly found: string;
  readonly allowed: string;
  readonly fix: string;
}

/** What was found at several objects in the same words is one thing to mend. */
function alike(findings: readonly Finding[]) {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(finding.found, [...(groups.get(finding.found) ?? []), finding]);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { found, allowed, fix } = first;
    return [
      {
        ...{ found, allowed, fix },
        objects: group.flatMap(({ object }) => (object === "" ? [] : [object])),
        urns: group.flatMap(({ urn }) => urn ?? []),
      },
    ];
  });
}

function recordedOf({ resources }: RecordedGraph): RecordedObject[] {
  return resources.flatMap(({ urn, inputs }) => {
    const identity = identityOf(urn);
    if (identity === undefined) return [];
    const labels = (fieldAt(inputs, ["metadata", "labels"]) ?? {}) as RecordedObject["labels"];
    const replicas = fieldAt(inputs, ["spec", "replicas"]);
    return [{ ...identity, labels, ...(typeof replicas === "number" ? { replicas } : {}) }];
  });
}

function sitesOf({ resources }: RecordedGraph) {
  const bySite = new Map<string, KubeObject[]>();
  for (const { urn, inputs } of resources) {
    const site = identityOf(urn)?.site;
    if (site === undefined) continue;
    const object: unknown = inputs;
    const objects = bySite.get(site);
    if (objects === undefined) bySite.set(site, [object as KubeObject]);
    else objects.push(object as KubeObject);
  }
  return [...bySite].map(([name, objects]) => ({ name, manifests: { objects } }));
}
