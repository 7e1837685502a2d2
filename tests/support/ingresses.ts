import fc from "fast-check";
import type { IngressHost, MultiClusterIngress } from "../../lib/ingress/model";

/** Sites of the examples. */
export const ingressSites = ["aws-prod", "gcp-staging", "third"] as const;

const origin = { document: "settings", path: ["traffic", "gateway.amber"] } as const;

/** A peer or an ordering node at its home. */
export function pinnedHost(name: string, site: string): IngressHost {
  return { name, kind: "pinned", tls: "passthrough", origin, backends: [backendAt(site, 1, 0)] };
}

/** A pool over sites, with their weights and priorities. */
export function poolHost(
  name: string,
  sites: Readonly<Record<string, number | { readonly weight: number; readonly priority: number }>>,
): IngressHost {
  const backends = Object.entries(sites).map(([site, said]) =>
    typeof said === "number" ? backendAt(site, said, 0) : backendAt(site, said.weight, said.priority),
  );
  return { name, kind: "pool", tls: "passthrough", origin, backends };
}

function backendAt(site: string, weight: number, priority: number): IngressHost["backends"][number] {
  return {
    site,
    namespace: "trade-amber",
    service: "gateway-amber",
    port: 7051,
    healthPort: 9443,
    endpoints: [{ address: `peer0-amber-0.peer-svc.trade-amber.svc.cluster.local` }],
    weight,
    priority,
  };
}

/** An ingress with the addresses of its sites' gateways. */
export function ingressWith(
  hosts: readonly IngressHost[],
  addresses: Readonly<Record<string, readonly string[]>>,
): MultiClusterIngress {
  return {
    hosts,
    health: { interval: 2, timeout: 1, failures: 3, successes: 2 },
    maxConnectionAge: 900,
    port: 443,
    gateways: Object.entries(addresses).map(([site, own]) => ({ site, addresses: own })),
  };
}

/** Any pool over three sites, of which one has a weight; any addresses, of the kinds that the parameter names. */
export function arbitraryPool(kinds: readonly ("ipv4" | "ipv6" | "name")[]): fc.Arbitrary<MultiClusterIngress> {
  const weight = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 }));
  const backend = fc.record({ weight, priority: fc.nat(1) });
  const addresses = fc.oneof(
    fc
      .record({
        v4: fc.integer({ min: kinds.includes("ipv6") ? 0 : 1, max: kinds.includes("ipv4") ? 3 : 0 }),
        v6: fc.integer({ min: 0, max: kinds.includes("ipv6") ? 2 : 0 }),
      })
      .filter(({ v4, v6 }) => v4 + v6 > 0),
    ...(kinds.includes("name") ? [fc.constant("name" as const)] : []),
  );
  return fc
    .tuple(fc.tuple(backend, backend, backend), fc.tuple(addresses, addresses, addresses))
    .filter(([backends]) => {
      const first = Math.min(...backends.map(({ priority }) => priority));
      return backends.some(({ weight: share, priority }) => priority === first && share > 0);
    })
    .map(([backends, counts]) =>
      ingressWith(
        [
          poolHost(
            "gateway.amber.example.com",
            Object.fromEntries(ingressSites.map((site, i) => [site, backends[i]!])),
          ),
        ],
        Object.fromEntries(ingressSites.map((site, index) => [site, addressesAt(index, counts[index]!)])),
      ),
    );
}

function addressesAt(site: number, count: { readonly v4: number; readonly v6: number } | "name"): string[] {
  if (count === "name") return [`lb-${site}.elb.example.net`];
  const range = (length: number) => Array.from({ length }, (_, index) => index + 1);
  return [
    ...range(count.v4).map((n) => `192.0.2.${site * 10 + n}`),
    ...range(count.v6).map((n) => `2001:db8:${site}::${n}`),
  ];
}
