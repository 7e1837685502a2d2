import { readFileSync } from "node:fs";
import type { Member } from "../../federation/applied";
import type { ClusterFinding } from "../findings";
import { readKubeconfig } from "../kubeconfig";
import type { SiteAccess } from "../site-access";

/** What an engine has to know of a site beside how it is reached. */
export interface MemberSite extends SiteAccess {
  readonly provider?: string | undefined;
  readonly region?: string | undefined;
  readonly zones?: readonly { readonly name: string }[] | undefined;
}

/** How an engine reaches a member: at the address, and trusting whom, the kubeconfig says. */
export function memberOf(site: MemberSite): Member | ClusterFinding {
  const config = readKubeconfig(site);
  if ("found" in config) return { site: site.name, ...config };
  const cluster = config.getCurrentCluster();
  const { caFile } = cluster ?? {};
  const authority = cluster?.caData ?? (caFile === undefined ? "" : readFileSync(caFile).toString("base64"));
  return {
    name: site.name,
    endpoint: cluster?.server ?? "",
    authority,
    ...(site.provider === undefined ? {} : { provider: site.provider }),
    ...(site.region === undefined ? {} : { region: site.region }),
    ...(site.zones === undefined ? {} : { zones: site.zones.map(({ name }) => name) }),
  };
}

/** A member in a recording, where there is no cluster to ask. */
export function unseenMember(site: MemberSite): Member {
  const known = memberOf(site);
  return "found" in known ? { name: site.name, endpoint: `https://${site.name}.invalid`, authority: "" } : known;
}
