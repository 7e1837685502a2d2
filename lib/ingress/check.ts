import type { Finding } from "../spec/problem";
import type { IngressBackend, IngressHost, MultiClusterIngress } from "./model";

/** What carries the traffic. */
export type IngressRenderer = "envoy" | "haproxy" | "gatewayApi" | "gke" | "karmada";

/** What happens to TLS on the way, and why it cannot be otherwise. */
const ways: Readonly<
  Record<IngressRenderer, { readonly tls: IngressHost["tls"]; readonly called: string; readonly because: string }>
> = {
  envoy: { tls: "passthrough", called: "the Envoy gateways", because: "they hold no keys" },
  haproxy: { tls: "passthrough", called: "the HAProxy gateways", because: "they hold no keys" },
  gatewayApi: { tls: "passthrough", called: "TLSRoutes", because: "they route by the name asked for and hold no keys" },
  gke: {
    tls: "terminate",
    called: "GKE's MultiClusterIngress",
    because: "its load balancer ends TLS itself, so no client certificate reaches a node and mutual TLS breaks",
  },
  karmada: {
    tls: "terminate",
    called: "Karmada's MultiClusterIngress",
    because: "its controllers forward HTTP and end TLS themselves, so no client certificate reaches a node",
  },
};

/** Everything that is wrong with an ingress, and what a certain way of carrying it out could not do. */
export function checkIngress(ingress: MultiClusterIngress, renderer: IngressRenderer): Finding[] {
  return [
    ...ingress.hosts.flatMap((host) => [
      ...twice(ingress, host),
      ...carried(host, renderer),
      ...homes(host),
      ...sites(ingress, host),
      ...weights(host),
      ...certificates(host),
    ]),
    ...gateways(ingress),
  ];
}

function twice({ hosts }: MultiClusterIngress, host: IngressHost): Finding[] {
  const same = hosts.filter(({ name }) => name.toLowerCase() === host.name.toLowerCase());
  if (same.length < 2 || same[0] !== host) return [];
  return [
    finding(host, `${host.name} ${same.length === 2 ? "twice" : `${same.length} times`}`, {
      allowed: "every name once, since gateways choose by nothing else",
      fix: "give organisations different domains, and nodes different names",
    }),
  ];
}

function carried({ name, tls, ...rest }: IngressHost, renderer: IngressRenderer): Finding[] {
  const way = ways[renderer];
  if (tls === way.tls) return [];
  const others = Object.entries(ways).filter(([, other]) => other.tls === tls);
  return [
    finding({ name, tls, ...rest }, `${name}, whose TLS is to ${ending(tls)}, on ${way.called}`, {
      allowed: `hosts whose TLS is to ${ending(way.tls)}: ${way.because}`,
      fix: `let ${others.map(([, { called }]) => called).join(" or ")} carry it`,
    }),
  ];
}

const ending = (tls: IngressHost["tls"]) => (tls === "passthrough" ? "pass through" : "end at the border");

function homes(host: IngressHost): Finding[] {
  const { name, kind, backends } = host;
  if (kind === "pinned" && backends.length !== 1) {
    return [
      finding(host, `${name} pinned to ${list(backends.map(({ site }) => site))}`, {
        allowed:
          "one home: consenters and gossip know a node by this name, and two of them would be one identity twice",
        fix: "name one site, or make it a pool",
      }),
    ];
  }
  const nowhere = backends.length === 0 || backends.some(({ endpoints }) => endpoints.length === 0);
  if (nowhere) {
    return [
      finding(host, `${name} with nothing behind it`, {
        allowed: "at least one endpoint for each of its sites",
        fix: "place a node on the site, or take the site away",
      }),
    ];
  }
  const several = backends.map(({ site }) => site).filter((site, index, all) => all.indexOf(site) !== index);
  return several.map((site) =>
    finding(host, `${site} twice in ${name}`, {
      allowed: "one backend for each site",
      fix: "put the endpoints of a site into one backend",
    }),
  );
}

function sites({ gateways }: MultiClusterIngress, host: IngressHost): Finding[] {
  const known = gateways.map(({ site }) => site);
  return host.backends
    .filter(({ site }) => !known.includes(site))
    .map(({ site }) =>
      finding(host, `${site}, which is no site with a gateway, in ${host.name}`, {
        allowed: list(known),
        fix: "correct the name, or add the site to `sites`",
      }),
    );
}

function weights(host: IngressHost): Finding[] {
  if (host.kind === "pinned" || host.backends.length === 0) return [];
  const wrong = host.backends.filter(({ weight }) => !Number.isInteger(weight) || weight < 0 || weight > mostWeight);
  if (wrong.length > 0) {
    return wrong.map(({ site, weight }) =>
      finding(host, `weight ${weight} of ${site} in ${host.name}`, {
        allowed: `whole numbers from 0 to ${mostWeight}`,
        fix: "write shares such as 80 and 20",
      }),
    );
  }
  const first = Math.min(...host.backends.map(({ priority }) => priority));
  const sum = host.backends.filter(({ priority }) => priority === first).reduce((all, { weight }) => all + weight, 0);
  if (sum > 0) return [];
  return [
    finding(host, `weights of ${host.name} that sum to zero (${host.backends.map(told).join(", ")})`, {
      allowed: "at least one weight above 0, or no connection would go anywhere",
      fix: "give a site a weight, such as 100",
    }),
  ];
}

/** The most that the stack settings let a person write. */
const mostWeight = 1000;

const told = ({ site, weight }: IngressBackend) => `${site} ${weight}`;

function certificates(host: IngressHost): Finding[] {
  if (host.tls === "terminate") return [];
  const lacking = host.backends.flatMap(({ endpoints }) =>
    endpoints.filter(
      ({ certificateNames: names }) => names !== undefined && !names.some((name) => covers(name, host.name)),
    ),
  );
  return lacking.map(({ address, certificateNames }) =>
    finding(host, `${host.name}, which is missing from the certificate of ${address}`, {
      allowed: `the names in it: ${list(certificateNames ?? [])}`,
      fix: "dial one of these names, or add the host to the names that the node enrols with",
    }),
  );
}

/** Whether a name of a certificate is that of a host; `*` stands for one label (RFC 6125, 6.4.3). */
function covers(name: string, host: string): boolean {
  if (name.toLowerCase() === host.toLowerCase()) return true;
  return name.startsWith("*.") && host.slice(host.indexOf(".")).toLowerCase() === name.slice(1).toLowerCase();
}

function gateways({ gateways: all }: MultiClusterIngress): Finding[] {
  const doubled = all.filter(({ site }, index) => all.findIndex((other) => other.site === site) !== index);
  return doubled.map(({ site }) => ({
    document: "settings",
    path: ["sites"],
    found: `two gateways of ${site}`,
    allowed: "one gateway for each site",
    fix: "name the site once, with all its addresses",
  }));
}

function finding({ origin }: IngressHost, found: string, rest: Pick<Finding, "allowed" | "fix">): Finding {
  return { ...origin, found, ...rest };
}

const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
