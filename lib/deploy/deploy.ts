import { type ComponentResourceOptions, log, runtime } from "@pulumi/pulumi";
import { removedConsenters } from "./consenters";
import { messageOnly } from "./engine-error";
import { deployFederation } from "./federation/deploy";
import type { FederationAccess } from "./federation/program";
import { PreflightError } from "./findings";
import { assertFit, preflight, type Report } from "./preflight";
import { registerSites, type Deployment } from "./program";
import { recordedObjects } from "./recorded";
import { forceVariable } from "./refusals";
import { renamedSites } from "./renamed-sites";
import { stackName, type SiteObjects } from "./site";

interface DeployOptions {
  /** Take over objects of the same name that somebody else made (`pulumi config set fabric-topologies:adopt true`). */
  readonly adopt?: boolean;
  /** Who takes objects to the sites, where these are members of a federation. */
  readonly federation?: FederationAccess | undefined;
  /** Options for every site's component, such as a parent. */
  readonly resource?: ComponentResourceOptions;
}

/**
 * Asks the clusters of all sites whether they can take what is to run there, in a preview too, and only then registers
 * the first resource. To be awaited by the Pulumi program.
 *
 * @throws RunError with the findings of all sites: the engine prints it without a stack trace
 */
export async function deploySites(sites: readonly Deployment[], options: DeployOptions = {}): Promise<SiteObjects[]> {
  const { federation, ...others } = options;
  const [first, ...further] = sites;
  if (federation !== undefined && first !== undefined) {
    await deployFederation(federation, [first, ...further], others);
    return [];
  }
  const recorded = await recordedObjects();
  const look = async ({ access, manifests }: Deployment): Promise<Report> =>
    preflight(access, manifests, {
      adopt: options.adopt ?? false,
      stack: stackName(),
      force: process.env[forceVariable] === "true",
      preview: runtime.isDryRun(),
      recorded: recorded.filter(({ site }) => site === access.name),
    });
  const reports = await Promise.all(sites.map(look));
  for (const { site, warnings } of reports) {
    for (const warning of warnings) await log.warn(`site ${site}: ${warning}`);
  }
  const named = sites.map(({ access, manifests }) => ({ name: access.name, manifests }));
  const renamed = renamedSites(recorded, named);
  const running = (site: string, key: string) => reports.find((report) => report.site === site)?.running.get(key);
  const removed = removedConsenters(recorded, named, running);
  for (const warning of removed.warnings) await log.warn(warning);
  try {
    // A renamed site is no removal; that it would remove all is said already.
    assertFit(reports, renamed.length > 0 ? renamed : removed.findings);
  } catch (error) {
    throw error instanceof PreflightError ? messageOnly(error.message) : error;
  }
  return registerSites(sites, options.resource);
}
