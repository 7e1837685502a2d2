import { backendName } from "../ingress/haproxy/section";
import { clusterName } from "../ingress/envoy/clusters";
import type { IngressHost } from "../ingress/model";
import type { GatewayView } from "./readings";

/** How a gateway's program is asked how it sees a pool's sites, and what its answer means. */
export interface GatewayStatistics {
  /** What is sent to its administration: a path that is asked for by HTTP, or a line. */
  readonly question: (host: string) => { readonly path: string } | { readonly line: string };
  readonly sites: (host: IngressHost, site: string, answer: string) => GatewayView["sites"];
}

/** The programs that can be a site's gateway, by their names in the stack settings. */
export const gatewayStatistics: Readonly<Record<"envoy" | "haproxy", GatewayStatistics>> = {
  /** Envoy: the administration's `/stats`. */
  envoy: {
    question: (host) => ({
      path: `/stats?format=json&filter=${encodeURIComponent(`^cluster\\.(local|remote/[^/]+)/${host.replaceAll(".", "\\.")}\\.(membership_healthy|upstream_cx_total|upstream_cx_connect_fail)$`)}`,
    }),
    sites(host, here, answer) {
      const { stats } = JSON.parse(answer) as { readonly stats: readonly { name?: string; value?: number }[] };
      const values = new Map(stats.map(({ name, value }) => [name, value]));
      return ofSites(host, (site) => {
        const cluster = site === here ? clusterName.local(host.name) : clusterName.remote(host.name, site);
        const valueOf = (name: string) => values.get(`cluster.${cluster}.${name}`) ?? 0;
        return {
          healthy: valueOf("membership_healthy") > 0,
          attempts: valueOf("upstream_cx_total"),
          failures: valueOf("upstream_cx_connect_fail"),
        };
      });
    },
  },
  /** HAProxy: `show stat` of the Runtime API (Management Guide, 9.1 "CSV format"). */
  haproxy: {
    question: () => ({ line: "show stat -1 2 -1" }),
    sites(host, here, answer) {
      const [header = "", ...lines] = answer.split("\n").filter((line) => line !== "");
      const names = header.replace(/^# /, "").split(",");
      const rows = lines.map((line) => new Map(line.split(",").map((value, index) => [names[index], value])));
      return ofSites(host, (site) => {
        const name = site === here ? backendName.local(host.name) : backendName.remote(host.name, site);
        const row = rows.find((one) => one.get("pxname") === name && one.get("svname") === "BACKEND");
        const valueOf = (column: string) => Number(row?.get(column) ?? 0);
        return { healthy: valueOf("act") > 0, attempts: valueOf("stot"), failures: valueOf("econ") };
      });
    },
  },
};

function ofSites(
  { backends }: IngressHost,
  viewOf: (site: string) => GatewayView["sites"][string],
): GatewayView["sites"] {
  return Object.fromEntries(backends.map(({ site }) => [site, viewOf(site)]));
}
