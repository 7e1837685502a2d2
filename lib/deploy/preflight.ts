import { performance } from "node:perf_hooks";
import { objectKey, type SiteManifests } from "../constructs/manifests";
import type { ApiServer } from "./api-server";
import { growingClass, type Growth } from "./claims";
import { fieldAt } from "./fields";
import { failoversUnderWay } from "./failovers";
import { PreflightError, type ClusterFinding, type ObjectFinding } from "./findings";
import { gone } from "./gone";
import { inspect, type Inspected } from "./live";
import { foreign, leaving, otherStack, takenByOthers } from "./ownership";
import { reach } from "./reach";
import type { RecordedObject } from "./recorded";
import { refusedChanges } from "./refused-changes";
import { byOwnPolicy, conflicts, isForbidden, missingRight, notToGive, refused } from "./refusals";
import type { SiteAccess } from "./site-access";
import { standIn } from "./stand-in";
import { zoneClasses } from "./zone-classes";

export interface PreflightOptions {
  /** Take over objects of the same name that somebody else made, or another stack. */
  readonly adopt?: boolean;
  /** The stack that deploys, `<project>/<stack>`; without it, every stack's objects of the network count as ours. */
  readonly stack?: string;
  /** Take over fields that somebody else set (`PULUMI_K8S_ENABLE_PATCH_FORCE`, as Pulumi's provider will). */
  readonly force?: boolean;
  /** A preview changes nothing, so that the right to read is enough for it. */
  readonly preview?: boolean;
  /** What Pulumi's state holds of this site; what the cluster lacks of it is told. */
  readonly recorded?: readonly RecordedObject[];
  /** Milliseconds that the API server may take for one answer. */
  readonly timeoutMs?: number;
}

/** What the live cluster says of a deployment. */
export interface Report {
  readonly site: string;
  /** Kubernetes version of the cluster; undefined where it could not be reached. */
  readonly version?: string;
  /** What stands in the way. Nothing may be applied while there is anything. */
  readonly findings: readonly ClusterFinding[];
  /** What could not be looked at, in one sentence each. */
  readonly warnings: readonly string[];
  /** By key, the objects that the cluster has already. */
  readonly present: ReadonlySet<string>;
  /** By key, how many pods the StatefulSets in the cluster are told to run. */
  readonly running: ReadonlyMap<string, number>;
  readonly milliseconds: number;
}

/**
 * Looks at a site's live cluster before anything is applied to it: whether it can be reached, and whether it would take
 * every object as it is desired. Nothing is changed; every request is made once, within a time limit.
 */
export async function preflight(
  site: SiteAccess,
  desired: SiteManifests,
  options: PreflightOptions = {},
): Promise<Report> {
  const start = performance.now();
  const report = (rest: Partial<Report>): Report => ({
    site: site.name,
    findings: [],
    warnings: [],
    present: new Set(),
    running: new Map(),
    ...rest,
    milliseconds: Math.round(performance.now() - start),
  });
  const reached = await reach(site, options.timeoutMs ?? 5000);
  if ("found" in reached) return report({ findings: [{ site: site.name, ...reached }] });
  const { api, user, version } = reached;
  try {
    const inspected = await inspect(api, desired.objects, { force: options.force ?? false, stack: options.stack });
    const growth = await expansion(api, inspected);
    const judged = judge(inspected, { ...options, user, growth });
    const classes = await zoneClasses(api, inspected);
    const failovers = await failoversUnderWay(api, desired);
    const present = new Set(inspected.filter(({ live }) => live !== undefined).map(({ key }) => key));
    const absent = inspected.filter(({ live, unreadable }) => live === undefined && unreadable === undefined);
    const lost = gone(
      options.recorded ?? [],
      absent.map(({ key }) => key),
    );
    return report({
      version,
      present,
      running: replicasOf(inspected),
      warnings: [...judged.warnings, ...classes.warnings],
      findings: [...failovers, ...lost, ...classes.findings, ...judged.findings].map((finding) => ({
        site: site.name,
        ...finding,
      })),
    });
  } catch (error) {
    return report({
      version,
      findings: [
        {
          site: site.name,
          found: `an API server at ${api.address} that stopped answering: ${error instanceof Error ? error.message : String(error)}`,
          allowed: "an API server that answers every request",
          fix: "see how it and its etcd are, then run again; nothing was changed",
        },
      ],
    });
  } finally {
    api.close();
  }
}

/**
 * @param more findings that no site can have by itself
 * @throws PreflightError with the findings of all sites, where there are any
 */
export function assertFit(reports: readonly Report[], more: readonly ClusterFinding[] = []): void {
  const findings = [...more, ...reports.flatMap((report) => report.findings)];
  if (findings.length > 0) throw new PreflightError(findings);
}

function replicasOf(inspected: readonly Inspected[]): ReadonlyMap<string, number> {
  return new Map(
    inspected.flatMap(({ key, desired, live }) => {
      const replicas = desired.kind === "StatefulSet" ? fieldAt(live, ["spec", "replicas"]) : undefined;
      return typeof replicas === "number" ? [[key, replicas] as const] : [];
    }),
  );
}

/** Whether the classes of claims that are to grow can do that, as the cluster says. */
async function expansion(api: ApiServer, inspected: readonly Inspected[]): Promise<Growth> {
  const classes = new Set(
    inspected.flatMap(({ desired, live }) =>
      desired.kind === "PersistentVolumeClaim" && live !== undefined ? (growingClass(desired, live) ?? []) : [],
    ),
  );
  const known = new Map<string, boolean>();
  await Promise.all(
    [...classes].map(async (name) => {
      const { status, body } = await api.get(`/apis/storage.k8s.io/v1/storageclasses/${name}`);
      if (status === 200) known.set(name, (body as { allowVolumeExpansion?: boolean }).allowVolumeExpansion === true);
    }),
  );
  return (name) => known.get(name);
}

interface Judgement {
  readonly findings: readonly (ObjectFinding & { readonly object: string })[];
  readonly warnings: readonly string[];
}

/** The findings on what was inspected; each object's first kind of trouble hides what follows from it. */
export function judge(
  inspected: readonly Inspected[],
  options: Pick<PreflightOptions, "adopt" | "preview" | "stack"> & { readonly user: string; readonly growth: Growth },
): Judgement {
  const namespaces = new Map(
    inspected.flatMap(({ desired, live }) => (desired.kind === "Namespace" ? [[desired.metadata.name, live]] : [])),
  );
  const rights = new Set<string>();
  const theirs = new Map<string, string[]>();
  const warnings = new Set<string>();

  const once = (right: ObjectFinding): ObjectFinding[] => {
    if (rights.has(right.found)) return [];
    rights.add(right.found);
    return [right];
  };

  const judgeOne = ({ desired, live, unreadable, refusal }: Inspected): ObjectFinding[] => {
    const { namespace } = desired.metadata;
    // What is in a namespace that is being made, or is going, says nothing of its own.
    if (namespace !== undefined && namespaces.has(namespace)) {
      const home = namespaces.get(namespace);
      if (home === undefined || home.metadata.deletionTimestamp !== undefined) return [];
    }
    if (unreadable !== undefined) {
      return isForbidden(unreadable)
        ? once(missingRight(desired, unreadable, options.user))
        : [refused(desired, unreadable)];
    }
    if (live !== undefined) {
      const first = [
        leaving(desired, live),
        standIn(desired, live),
        foreign(desired, live, options.adopt ?? false),
      ].find((some) => some.length > 0);
      if (first !== undefined) return first;
      const other = options.adopt === true ? undefined : otherStack(live, options.stack);
      if (other !== undefined) {
        theirs.set(other, [...(theirs.get(other) ?? []), objectKey(desired)]);
        return [];
      }
      const changes = refusedChanges(desired, live, options.growth);
      if (changes.length > 0) return changes;
    }
    if (refusal === undefined) return [];
    if (isForbidden(refusal)) {
      const right = missingRight(desired, refusal, options.user);
      if (options.preview !== true) return once(right);
      warnings.add(`${right.found}: what the cluster would say of a change was not asked`);
      return [];
    }
    const withheld = notToGive(refusal, options.user);
    if (withheld !== undefined) return once(withheld);
    const disputed = conflicts(desired, live, refusal);
    if (disputed.length > 0) return disputed;
    // An admission webhook that cannot be asked without consequences is asked at `up`.
    if (/does not support dry run/.test(refusal.message)) return [];
    // Synthesis has judged by the network's policies as they are now; the cluster still has those of the run before.
    if (byOwnPolicy(desired, refusal)) return [];
    return [refused(desired, refusal)];
  };

  const findings = inspected.flatMap((one) =>
    judgeOne(one).map((finding) => ({ object: objectKey(one.desired), ...finding })),
  );
  return { findings: [...takenByOthers(theirs), ...findings], warnings: [...warnings] };
}
