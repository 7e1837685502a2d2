/** Every refusal of an ingress and of its weights speaks: what was found and where, what is allowed, what to do. */
import { join } from "node:path";
import { checkIngress, type IngressRenderer } from "../../../lib/ingress/check";
import { checkTraffic } from "../../../lib/ingress/check-traffic";
import type { IngressHost, MultiClusterIngress } from "../../../lib/ingress/model";
import type { Finding } from "../../../lib/spec/problem";
import { planStack } from "../../../topologies/plan";
import { ingressWith, pinnedHost, poolHost } from "../../support/ingresses";

const addresses = { "aws-prod": ["192.0.2.1"], "gcp-staging": ["192.0.2.2"], third: ["192.0.2.3"] };
const pool = (
  change: Partial<IngressHost> = {},
  sites: Parameters<typeof poolHost>[1] = { "aws-prod": 80, third: 20 },
) => ({
  ...poolHost("gateway.amber.example.com", sites),
  ...change,
});
const home = (change: Partial<IngressHost> = {}) => ({
  ...pinnedHost("orderer-0-0.clearing.example.com", "third"),
  ...change,
});
const refused = (
  hosts: readonly IngressHost[],
  renderer: IngressRenderer = "envoy",
  more: Partial<MultiClusterIngress> = {},
) => checkIngress({ ...ingressWith(hosts, addresses), ...more }, renderer);

/** Of a host's one backend, other endpoints. */
const withEndpoints = (host: IngressHost, endpoints: IngressHost["backends"][number]["endpoints"]): IngressHost => ({
  ...host,
  backends: host.backends.map((backend) => ({ ...backend, endpoints })),
});

/** All three parts of what is said are there, and speak of this world. */
function expectSpoken(findings: readonly Finding[], expected: readonly (readonly [string, string])[]): void {
  expect(findings.map(({ path, found }) => [path.join("."), found])).toEqual(expected);
  for (const { found, allowed, fix } of findings)
    for (const words of [found, allowed, fix]) expect(words).not.toMatch(/^$|undefined|NaN|\[object/);
}

test.each<[string, readonly IngressHost[], string]>([
  [
    "a name twice",
    [home(), home({ name: "ORDERER-0-0.clearing.example.com" })],
    "orderer-0-0.clearing.example.com twice",
  ],
  ["a name three times", [home(), home(), home()], "orderer-0-0.clearing.example.com 3 times"],
  [
    "two homes of one node",
    [home({ backends: [...pinnedHost("a", "aws-prod").backends, ...pinnedHost("a", "third").backends] })],
    "orderer-0-0.clearing.example.com pinned to aws-prod, third",
  ],
  ["no home of a node", [home({ backends: [] })], "orderer-0-0.clearing.example.com pinned to none"],
  ["a pool of nobody", [pool({ backends: [] })], "gateway.amber.example.com with nothing behind it"],
  ["a site of a pool without a node", [withEndpoints(pool(), [])], "gateway.amber.example.com with nothing behind it"],
  [
    "a site twice in a pool",
    [pool({ backends: [...pool().backends, ...pinnedHost("a", "third").backends] })],
    "third twice in gateway.amber.example.com",
  ],
  [
    "a site without a gateway",
    [home({ backends: pinnedHost("a", "fourth").backends })],
    "fourth, which is no site with a gateway, in orderer-0-0.clearing.example.com",
  ],
  [
    "weights that sum to zero",
    [pool({}, { "aws-prod": 0, third: 0 })],
    "weights of gateway.amber.example.com that sum to zero (aws-prod 0, third 0)",
  ],
  [
    "weights that sum to zero among those who come first",
    [pool({}, { "aws-prod": { weight: 0, priority: 0 }, third: { weight: 1, priority: 1 } })],
    "weights of gateway.amber.example.com that sum to zero (aws-prod 0, third 1)",
  ],
  [
    "a weight below zero",
    [pool({}, { "aws-prod": -1, third: 1 })],
    "weight -1 of aws-prod in gateway.amber.example.com",
  ],
  [
    "a part of a weight",
    [pool({}, { "aws-prod": 0.5, third: 1 })],
    "weight 0.5 of aws-prod in gateway.amber.example.com",
  ],
  [
    "a weight too great",
    [pool({}, { "aws-prod": 1001, third: 1 })],
    "weight 1001 of aws-prod in gateway.amber.example.com",
  ],
  [
    "a host missing from the certificate",
    [withEndpoints(home(), [{ address: "orderer-0-0.svc", certificateNames: ["*.example.com", "orderer-0-0.svc"] }])],
    "orderer-0-0.clearing.example.com, which is missing from the certificate of orderer-0-0.svc",
  ],
])("%s: refused where people wrote it, with what is allowed and what to do (R7)", (_, hosts, found) => {
  expectSpoken(refused(hosts), [["traffic.gateway.amber", found]]);
});

test.each<[IngressRenderer, "passthrough" | "terminate"]>([
  ["envoy", "terminate"],
  ["haproxy", "terminate"],
  ["gatewayApi", "terminate"],
  ["gke", "passthrough"],
  ["karmada", "passthrough"],
])("%s: a host whose TLS is to %s is refused, with who could carry it (R7)", (renderer, tls) => {
  const [finding, ...others] = refused([pool({ tls })], renderer);
  expect(others).toEqual([]);
  expect(finding?.found).toMatch(
    /^gateway\.amber\.example\.com, whose TLS is to (pass through|end at the border), on /,
  );
  const able =
    tls === "passthrough" ? /the Envoy gateways or .*TLSRoutes/ : /GKE's .* or Karmada's MultiClusterIngress/;
  expect(finding?.fix).toMatch(able);
  expect(refused([pool({ tls: tls === "passthrough" ? "terminate" : "passthrough" })], renderer)).toEqual([]);
});

test("two gateways of one site are refused at the settings' sites", () => {
  const gateways = [...ingressWith([], addresses).gateways, { site: "third", addresses: [] }];
  expectSpoken(refused([pool()], "envoy", { gateways }), [["sites", "two gateways of third"]]);
});

test("a certificate's star stands for one label, and case for nothing", () => {
  const covered = (...certificateNames: string[]) =>
    refused([withEndpoints(home(), [{ address: "a", certificateNames }])]).length === 0;
  expect(covered("*.clearing.example.com")).toBe(true);
  expect(covered("Orderer-0-0.Clearing.example.com")).toBe(true);
  expect(covered("*.example.com")).toBe(false);
  expect(covered("clearing.example.com")).toBe(false);
});

test("nothing is said of an ingress that is as it should be", () => {
  expect(refused([pool(), home()])).toEqual([]);
});

describe("weights in the settings", () => {
  const { placement } = planStack({ settings: join(__dirname, "../../../topologies/federated/settings.yaml") });
  const said = (traffic: Record<string, Record<string, number>>) => checkTraffic(placement, { traffic });

  test("of a pool's own sites are taken", () => {
    expect(said({ "gateway.amber": { "aws-prod": 1, "gcp-staging": 0 } })).toEqual([]);
  });

  test("of a pool that there is not, and of a site that has no part in one, are refused at their keys (R7)", () => {
    const findings = said({
      "gateway.nobody": { "aws-prod": 1 },
      "gateway.amber": { "aws-prod": 1, "azure-witness": 1, elsewhere: 1 },
    });
    expectSpoken(findings, [
      ["traffic.gateway.nobody", "weights of gateway.nobody, which is no pool of this network"],
      ["traffic.gateway.amber.azure-witness", "a weight of azure-witness, where nothing of gateway.amber stands"],
      ["traffic.gateway.amber.elsewhere", "a weight of elsewhere, where nothing of gateway.amber stands"],
    ]);
    expect(findings.every(({ at, document }) => at === "key" && document === "settings")).toBe(true);
    expect(findings[0]?.allowed).toContain("gateway.amber");
    expect(findings[1]?.allowed).toBe("aws-prod, gcp-staging");
  });

  test("in a network without peers, no pool is offered", () => {
    const bare = { ...placement, nodes: placement.nodes.filter(({ role }) => role !== "peer") };
    expect(checkTraffic(bare, { traffic: { "gateway.amber": {} } })[0]?.allowed).toBe(
      "none: no organisation has peers",
    );
  });
});
