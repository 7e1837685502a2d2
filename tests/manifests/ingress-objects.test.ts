import { checkIngress } from "../../lib/ingress/check";
import type { IngressHost, MultiClusterIngress } from "../../lib/ingress/model";
import { gatewayApiObjects } from "../../lib/ingress/objects/gateway-api";
import { gkeObjects } from "../../lib/ingress/objects/gke";
import { karmadaObjects } from "../../lib/ingress/objects/karmada";
import { serviceExports } from "../../lib/ingress/objects/service-export";
import { describeWithCrds, validateAgainstCrd } from "../support/crd/validate";
import { ingressWith, pinnedHost, poolHost } from "../support/ingresses";

const pool = "gateway.amber.example.com";
const peer = "peer0-amber-1-0.amber.example.com";
const addresses = { "aws-prod": ["192.0.2.1"], "gcp-staging": ["lb.example.net"], third: [] };
const passing = ingressWith(
  [pinnedHost(peer, "gcp-staging"), poolHost(pool, { "aws-prod": 80, "gcp-staging": 20 })],
  addresses,
);
const operations: IngressHost = {
  ...poolHost("explorer.example.com", { "aws-prod": 1, "gcp-staging": 1 }),
  tls: "terminate",
};
const ending: MultiClusterIngress = { ...passing, hosts: [operations] };
const api = { network: "trade", namespace: "trade-gateway", className: "eg" };
const gke = {
  network: "trade",
  links: { "aws-prod": "us-west1-a/gke-1", "gcp-staging": "europe-west1/gke-2" },
  selector: () => ({ app: "explorer" }),
};

describeWithCrds("objects for gateways of other makers", () => {
  it.each([
    ["Gateway API", gatewayApiObjects(passing, "aws-prod", api)],
    ["Gateway API with imported Services", gatewayApiObjects(passing, "third", { ...api, imports: true })],
    ["GKE", gkeObjects(ending, gke)],
    ["Karmada", karmadaObjects(ending, "trade")],
    ["Multi-Cluster Services", serviceExports(passing, "gcp-staging", "trade")],
  ])("%s: are what its API takes (R7)", (_name, objects) => {
    expect(objects.length).toBeGreaterThan(0);
    expect(objects.flatMap((object) => validateAgainstCrd(object))).toEqual([]);
  });
});

describe("Gateway API", () => {
  const objects = gatewayApiObjects(passing, "aws-prod", api);
  const refs = (name: string) =>
    (
      objects.find(({ kind, metadata }) => kind === "TLSRoute" && metadata.name === name)?.["spec"] as {
        rules: { backendRefs: { name: string; weight?: number }[] }[];
      }
    ).rules[0]!.backendRefs.map((one) => [one.name, one.weight]);

  it("passes TLS on by name, with the pool's weights over the sites", () => {
    expect(refs(`${pool}.world`)).toEqual([
      ["gateway-amber", 80],
      [`${pool}.gcp-staging`, 20],
    ]);
    expect(refs(`${peer}.world`)).toEqual([[`${peer}.gcp-staging`, 1]]);
  });

  it("passes what other gateways send to its own site only, so that nothing goes in circles", () => {
    expect(refs(`${pool}.relay`)).toEqual([["gateway-amber", undefined]]);
    expect(objects.some(({ kind, metadata }) => kind === "TLSRoute" && metadata.name === `${peer}.relay`)).toBe(false);
  });

  it("keeps a site without weight as a fallback", () => {
    const standby = ingressWith([poolHost(pool, { "aws-prod": 100, "gcp-staging": 0 })], addresses);
    const backend = gatewayApiObjects(standby, "aws-prod", api).find(({ kind }) => kind === "Backend");
    expect(backend?.["spec"]).toEqual({
      endpoints: [{ fqdn: { hostname: "lb.example.net", port: 15443 } }],
      fallback: true,
    });
  });
});

it.each(["gke", "karmada"] as const)("%s refuses hosts whose TLS must pass through, and says why", (renderer) => {
  expect(checkIngress(ending, renderer)).toEqual([]);
  const [finding] = checkIngress(passing, renderer);
  expect(finding?.found).toContain("whose TLS is to pass through");
  expect(finding?.allowed).toContain("no client certificate reaches a node");
});
