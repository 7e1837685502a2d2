import { dnsEndpoints, serviceAnnotations } from "../../lib/ingress/dns/external-dns";
import { planRecords } from "../../lib/ingress/dns/plan";
import { describeWithCrds, validateAgainstCrd } from "../support/crd/validate";
import { ingressWith, pinnedHost, poolHost } from "../support/ingresses";

const hosts = [
  pinnedHost("peer0-amber-1-0.amber.example.com", "gcp-staging"),
  pinnedHost("peer0-amber-0-0.amber.example.com", "aws-prod"),
  poolHost("gateway.amber.example.com", { "aws-prod": 300, "gcp-staging": 100 }),
];
const ingress = ingressWith(hosts, { "aws-prod": ["192.0.2.1", "2001:db8::1"], "gcp-staging": ["192.0.2.11"] });
const dns = { network: "trade", namespace: "trade-gateway" };
const endpointsOf = (more: object = {}) =>
  new Map([...dnsEndpoints(planRecords(ingress, 30), { ...dns, ...more })].map(([site, [one]]) => [site, one!]));

describeWithCrds("DNSEndpoint objects", () => {
  it("are what external-dns takes, plain and with Route 53's weights (R7)", () => {
    const all = [
      ...endpointsOf().values(),
      ...endpointsOf({ healthChecks: { "aws-prod": "a", "gcp-staging": "b" } }).values(),
    ];
    expect(all).toHaveLength(4);
    for (const object of all) expect(validateAgainstCrd(object)).toEqual([]);
  });
});

it("each name has one site that tells it, so that no two external-dns take it for their own", () => {
  const told = [...endpointsOf()].flatMap(([site, { spec }]) =>
    (spec as { endpoints: { dnsName: string; recordType: string; targets: string[] }[] }).endpoints.map((one) => [
      site,
      one.dnsName,
      one.recordType,
      one.targets,
    ]),
  );
  expect(told).toEqual([
    ["gcp-staging", "peer0-amber-1-0.amber.example.com", "A", ["192.0.2.11"]],
    ["aws-prod", "peer0-amber-0-0.amber.example.com", "A", ["192.0.2.1"]],
    ["aws-prod", "peer0-amber-0-0.amber.example.com", "AAAA", ["2001:db8::1"]],
    ["aws-prod", "gateway.amber.example.com", "A", ["192.0.2.1", "192.0.2.11"]],
  ]);
});

it("with a health check for every site each tells its own share, within Route 53's 255; with fewer nobody has weights", () => {
  const weighted = endpointsOf({ healthChecks: { "aws-prod": "check-a", "gcp-staging": "check-b" } });
  expect(weighted.get("aws-prod")?.["spec"]).toMatchObject({
    endpoints: expect.arrayContaining([
      {
        dnsName: "gateway.amber.example.com",
        recordType: "A",
        recordTTL: 30,
        targets: ["192.0.2.1"],
        setIdentifier: "aws-prod",
        providerSpecific: [
          { name: "aws/weight", value: "255" },
          { name: "aws/health-check-id", value: "check-a" },
        ],
      },
    ]) as unknown,
  });
  expect(JSON.stringify(weighted.get("gcp-staging"))).toContain('{"name":"aws/weight","value":"85"}');
  expect(JSON.stringify([...endpointsOf({ healthChecks: { "aws-prod": "check-a" } }).values()])).not.toContain("aws/");
});

it("a gateway whose addresses nobody knows is named by its Service, under the prefix that this external-dns reads", () => {
  const unknown = ingressWith(hosts, { "aws-prod": [], "gcp-staging": ["192.0.2.11"] });
  expect(serviceAnnotations(unknown, "aws-prod", { version: "0.22", ttl: 30 })).toEqual({
    "external-dns.kubernetes.io/hostname": "peer0-amber-0-0.amber.example.com",
    "external-dns.kubernetes.io/ttl": "30",
  });
  expect(Object.keys(serviceAnnotations(unknown, "aws-prod", { version: "0.21", ttl: 30 }))[0]).toBe(
    "external-dns.alpha.kubernetes.io/hostname",
  );
  expect(serviceAnnotations(unknown, "gcp-staging", { version: "0.22", ttl: 30 })).toEqual({});
});
