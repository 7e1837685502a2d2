import { log, runtime, type ComponentResourceOptions } from "@pulumi/pulumi";
import { objectKey } from "../../constructs/manifests";
import { appliedId, type Applied } from "../../federation/applied";
import type { NonEmpty } from "../../federation/propagation";
import type { Engine } from "../../federation/render";
import { removedConsenters } from "../consenters";
import { messageOnly } from "../engine-error";
import { PreflightError, type ClusterFinding } from "../findings";
import { assertFit, preflight, type PreflightOptions, type Report } from "../preflight";
import { reach } from "../reach";
import { recordedObjects } from "../recorded";
import { forceVariable } from "../refusals";
import { renamedSites } from "../renamed-sites";
import { stackName } from "../site";
import type { SiteAccess } from "../site-access";
import { allNodes, changedEngine, movedNodes, narrowedNamespaces, recordedNodes } from "./changes";
import { engineFindings, rightsFindings } from "./engine";
import { memberOf } from "./members";
import { clustersOf, rendered, type FederatedSite, type FederationAccess } from "./program";
import { registerFederation } from "./register";
import { Members, type Patience } from "./watch";

export interface FederationOptions {
  readonly adopt?: boolean;
  readonly resource?: ComponentResourceOptions;
  readonly patience?: Patience;
}

/**
 * Asks the host and every member whether they can take what is to run there, in a preview too, and only then registers the
 * first resource. Returns when the members themselves show everything as it is wanted, and what runs there has come up.
 *
 * @throws RunError with the findings of all clusters, or with what did not come up
 */
export async function deployFederation(
  federation: FederationAccess,
  sites: NonEmpty<FederatedSite>,
  options: FederationOptions = {},
): Promise<void> {
  const members = sites.map(({ access }) => memberOf(access));
  const unread = members.flatMap((member) => ("found" in member ? [member] : []));
  const applied = rendered(federation, sites);
  const recorded = await recordedObjects();
  const checked = unread.length > 0 ? undefined : await look(federation, sites, applied, recorded, options);
  for (const warning of checked?.warnings ?? []) await log.warn(warning);
  try {
    assertFit(checked?.reports ?? [], [...unread, ...(checked?.findings ?? [])]);
  } catch (error) {
    throw error instanceof PreflightError ? messageOnly(error.message) : error;
  }
  const asked = new Members(
    sites.map(({ access }) => access),
    options.patience,
  );
  try {
    await registerFederation(
      clustersOf(federation, sites),
      applied,
      sites.map(({ manifests }) => manifests),
      asked,
      options.resource,
    );
  } catch (error) {
    throw messageOnly(error instanceof Error ? error.message : String(error));
  } finally {
    await asked.close();
  }
}

interface Looked {
  readonly reports: readonly Report[];
  readonly findings: readonly ClusterFinding[];
  readonly warnings: readonly string[];
}

async function look(
  { engine, host }: FederationAccess,
  sites: NonEmpty<FederatedSite>,
  applied: readonly Applied[],
  recorded: Awaited<ReturnType<typeof recordedObjects>>,
  options: FederationOptions,
): Promise<Looked> {
  const force = process.env[forceVariable] === "true";
  const common: PreflightOptions = { adopt: options.adopt ?? false, stack: stackName(), preview: runtime.isDryRun() };
  const of = (site: string) => recorded.filter((one) => one.site === site);
  const reports = await Promise.all(
    sites.map(({ access, manifests }) =>
      preflight(access, manifests, {
        ...common,
        // An engine writes to members under a name of its own, and gives way to nobody; what it would say is not asked.
        force: force || engine !== "direct",
        recorded: of(access.name),
      }),
    ),
  );
  const members = sites.map(({ access }) => access.name);
  const named = [...new Set(applied.map(({ cluster }) => cluster))].map((name) => ({
    name,
    manifests: { objects: applied.flatMap((one) => (one.cluster === name ? [one.object] : [])) },
  }));
  // A node runs on one member; a dormant twin of its name, on another, has no pods.
  const running = (_: string, key: string) => {
    const known = reports.flatMap((report) => report.running.get(key) ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  const manifests = sites.map((site) => site.manifests);
  const removed = removedConsenters(
    recordedNodes(recorded, ""),
    [{ name: "", manifests: allNodes(manifests) }],
    running,
  );
  const renamed = renamedSites(recorded, named);
  const switched = changedEngine(recorded, engine, host?.name ?? members[0] ?? "", members);
  const onHost =
    engine === "direct" || host === undefined
      ? undefined
      : await lookAtHost(engine, host, sites, applied, common, force, of(host.name), (member) =>
          of(member).some(({ key }) => key.startsWith("ClusterRoleBinding/fabric-topologies:")),
        );
  const standing = await nodesStanding(sites);
  const findings = [
    ...switched,
    // A renamed site is no removal; that it would remove all is said already.
    ...(switched.length > 0
      ? []
      : renamed.length > 0
        ? renamed
        : removed.findings.map((one) => ({ ...one, site: members[0] ?? "" }))),
    ...(onHost?.findings ?? []),
    ...movedNodes(manifests, standing),
    ...(engine !== "direct" && host === undefined ? [hostMissing(engine)] : []),
    ...(host !== undefined && members.includes(host.name) ? [hostIsMember(host.name)] : []),
  ];
  return {
    reports: [...reports, ...(onHost?.reports ?? [])],
    findings,
    warnings: [
      ...[...reports, ...(onHost?.reports ?? [])].flatMap(({ site, warnings }) =>
        warnings.map((text) => `site ${site}: ${text}`),
      ),
      ...removed.warnings,
      ...(onHost?.warnings ?? []),
    ],
  };
}

const hostMissing = (engine: Engine): ClusterFinding => ({
  site: "host",
  found: `the engine ${engine} without a host`,
  allowed: "`federation.host`: the cluster or control plane on which the engine runs",
  fix: "name it in the settings, or set `federation.engine: direct`",
});

const hostIsMember = (name: string): ClusterFinding => ({
  site: name,
  found: `the host ${name}, which is a site as well`,
  allowed: "a host of its own: what stands there is about the members, and is lost with none of them",
  fix: "give the host a control plane of its own, and another name",
});

async function lookAtHost(
  engine: Exclude<Engine, "direct">,
  host: SiteAccess,
  sites: NonEmpty<FederatedSite>,
  applied: readonly Applied[],
  options: PreflightOptions,
  force: boolean,
  recorded: PreflightOptions["recorded"] & object,
  rightsRecorded: (member: string) => boolean,
): Promise<Looked> {
  const own = applied.filter(({ cluster, common }) => cluster === host.name && common !== true);
  const objects = own.map(({ object }) => object);
  const report = await preflight(
    host,
    { site: host.name, objects, dependencies: new Map() },
    { ...options, force, recorded },
  );
  const reached = await reach(host, 5000);
  // Told by the report.
  if ("found" in reached) return { reports: [report], findings: [], warnings: [] };
  const { api } = reached;
  try {
    const members = sites.map(({ access }) => access.name);
    const findings = [...(await engineFindings(engine, host.name, api, members))];
    if (engine === "kubefed") {
      const live = new Map<string, unknown>();
      for (const { object } of own.filter((one) => one.object.kind === "FederatedNamespace")) {
        const { namespace, name } = object.metadata;
        const { status, body } = await api.get(
          `/apis/types.kubefed.io/v1beta1/namespaces/${namespace}/federatednamespaces/${name}`,
        );
        if (status === 200) live.set(objectKey(object), body);
      }
      const { body } = await api.get("/apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system/kubefedclusters");
      const items = (body as { items?: readonly { metadata: { name: string } }[] }).items ?? [];
      findings.push(...narrowedNamespaces(own, live, new Set(items.map(({ metadata }) => metadata.name)), host.name));
    }
    // Where the state does not hold the rights, this run gives them.
    const given = sites.filter(({ access }) => rightsRecorded(access.name));
    const rights = await Promise.all(given.map((site) => rightsOn(engine, host.name, site, applied)));
    return {
      reports: [report],
      findings: [...findings, ...rights.flatMap((one) => one.findings)],
      warnings: rights.flatMap((one) => one.warnings),
    };
  } finally {
    api.close();
  }
}

/** What an engine may do on a member, as the member says; nothing where it cannot be reached, which its report tells. */
async function rightsOn(
  engine: Exclude<Engine, "direct">,
  host: string,
  site: FederatedSite,
  applied: readonly Applied[],
) {
  const reached = await reach(site.access, 5000);
  if ("found" in reached) return { findings: [], warnings: [] };
  const { name } = site.access;
  const direct = new Set(applied.flatMap((one) => (one.cluster === name ? [appliedId(one)] : [])));
  const carried = site.manifests.objects.filter((object) => !direct.has(appliedId({ cluster: name, object })));
  try {
    return await rightsFindings(engine, host, name, reached.api, carried);
  } finally {
    reached.api.close();
  }
}

/** Which members have the StatefulSet of a key. */
async function nodesStanding(sites: NonEmpty<FederatedSite>): Promise<(key: string) => readonly string[]> {
  const namespaces = new Set(
    sites.flatMap(({ manifests }) =>
      manifests.objects.flatMap(({ kind, metadata }) => (kind === "StatefulSet" ? (metadata.namespace ?? []) : [])),
    ),
  );
  const on = new Map<string, string[]>();
  await Promise.all(
    sites.map(async ({ access }) => {
      const reached = await reach(access, 5000);
      if ("found" in reached) return;
      try {
        for (const namespace of namespaces) {
          const { status, body } = await reached.api.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets`);
          const items = status === 200 ? (body as { items: readonly { metadata: { name: string } }[] }).items : [];
          for (const { metadata } of items) {
            const key = `StatefulSet/${namespace}/${metadata.name}`;
            on.set(key, [...(on.get(key) ?? []), access.name]);
          }
        }
      } finally {
        reached.api.close();
      }
    }),
  );
  return (key) => on.get(key) ?? [];
}
