import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { route53Resources } from "../../lib/clouds/aws/dns";
import { cloudDnsResources } from "../../lib/clouds/gcp/dns";
import { cloudDns } from "../../lib/ingress/dns/cloud-dns";
import { planRecords } from "../../lib/ingress/dns/plan";
import { route53 } from "../../lib/ingress/dns/route53";
import { record, recordNetwork } from "../../lib/preview/record";
import { InvalidInput } from "../../lib/spec/problem";
import { planStack } from "../../topologies/plan";
import { ingressWith, pinnedHost, poolHost } from "../support/ingresses";

const identity = { project: "fabric-topologies", stack: "production" };
const peer = "peer0-amber-1-0.amber.example.com";
const pool = "gateway.amber.example.com";
const addresses = { "aws-prod": ["192.0.2.1", "192.0.2.2"], "gcp-staging": ["192.0.2.11"], third: ["lb.example.net"] };
const plan = (weights: Readonly<Record<string, number>>) =>
  planRecords(ingressWith([pinnedHost(peer, "third"), poolHost(pool, weights)], addresses), 30);
const urn = (type: string, name: string) => `urn:pulumi:production::fabric-topologies::${type}::${name}`;

test("Route 53 gets a record for each address, with its weight and the check by which it is left out (R7)", async () => {
  const zone = route53(plan({ "aws-prod": 80, "gcp-staging": 20 }));
  const { resources } = await record(() => route53Resources("trade", "Z08650AB1CD", zone), identity);
  const inputs = Object.fromEntries(resources.map((one) => [one.name, one]));
  expect(inputs[`trade-${peer}-cname`]).toMatchObject({
    type: "aws:route53/record:Record",
    inputs: { zoneId: "Z08650AB1CD", name: peer, type: "CNAME", ttl: 30, records: ["lb.example.net"] },
  });
  expect(inputs[`trade-${pool}-a-aws-prod-1`]).toMatchObject({
    type: "aws:route53/record:Record",
    inputs: { records: ["192.0.2.2"], setIdentifier: "aws-prod-1", weightedRoutingPolicies: [{ weight: 40 }] },
    dependencies: [urn("aws:route53/healthCheck:HealthCheck", `trade-${pool}-a-aws-prod-1`)],
  });
  expect(
    resources.filter(({ type }) => type === "aws:route53/healthCheck:HealthCheck").map((one) => one.inputs),
  ).toContainEqual({
    type: "HTTP",
    ipAddress: "192.0.2.11",
    fqdn: pool,
    port: 15021,
    resourcePath: "/healthz",
    requestInterval: 10,
    failureThreshold: 3,
    tags: { Name: `${pool}-a-gcp-staging`, network: "trade" },
  });
});

test("Cloud DNS gets one record set per name, whose addresses it checks from three regions (R7)", async () => {
  const zone = { zone: "consortium", project: "trade-dns" };
  const { resources } = await record(() => {
    cloudDnsResources("trade", zone, cloudDns(plan({ "aws-prod": 80, "gcp-staging": 20 })));
  }, identity);
  const inputs = Object.fromEntries(resources.map((one) => [one.name, one]));
  expect(inputs[`trade-${peer}-cname`]?.inputs).toEqual({
    managedZone: "consortium",
    project: "trade-dns",
    name: `${peer}.`,
    type: "CNAME",
    ttl: 30,
    rrdatas: ["lb.example.net."],
  });
  expect(inputs[`trade-${pool}-a`]).toMatchObject({
    type: "gcp:dns/recordSet:RecordSet",
    inputs: {
      name: `${pool}.`,
      routingPolicy: {
        wrrs: [
          { weight: 80, healthCheckedTargets: { externalEndpoints: ["192.0.2.1", "192.0.2.2"] } },
          { weight: 20, healthCheckedTargets: { externalEndpoints: ["192.0.2.11"] } },
        ],
      },
    },
    dependencies: [urn("gcp:compute/healthCheck:HealthCheck", `trade-${pool}`)],
  });
  expect(inputs[`trade-${pool}`]?.inputs).toMatchObject({
    name: "trade-gateway-amber-example-com",
    checkIntervalSec: 30,
    sourceRegions: ["us-central1", "europe-west1", "asia-east1"],
    httpHealthCheck: { host: pool, port: 15021, requestPath: "/healthz" },
  });
});

test("a site without weight is Cloud DNS's backup, since a weight of 0 is never answered there", async () => {
  const { resources } = await record(() => {
    cloudDnsResources("trade", { zone: "consortium" }, cloudDns(plan({ "aws-prod": 100, "gcp-staging": 0 })));
  }, identity);
  expect(resources.find(({ name }) => name === `trade-${pool}-a`)?.inputs).toMatchObject({
    routingPolicy: {
      primaryBackup: {
        primary: { externalEndpoints: ["192.0.2.1", "192.0.2.2"] },
        backupGeos: [{ healthCheckedTargets: { externalEndpoints: ["192.0.2.11"] } }],
      },
    },
  });
});

describe("a federated network whose settings say who tells the names", () => {
  const topology = join(__dirname, "..", "..", "topologies", "federated");
  const folder = mkdtempSync(join(tmpdir(), "names-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function planWith(
    dns: object,
    addressOf: (index: number) => readonly string[] = (index) => [`192.0.2.${index + 1}`],
  ) {
    const settings = parse(readFileSync(join(topology, "settings.yaml"), "utf8")) as {
      network: string;
      sites: { gateway?: object }[];
    };
    const sites = settings.sites.map((site, index) => ({
      ...site,
      gateway: { ...site.gateway, addresses: addressOf(index) },
    }));
    const file = join(folder, "settings.yaml");
    writeFileSync(file, stringify({ ...settings, network: join(topology, settings.network), sites, dns }));
    return planStack({ settings: file });
  }

  const typesOf = async (dns: object) =>
    (await recordNetwork(planWith(dns), identity)).resources.map(({ type }) => type);

  test("Pulumi makes the records of Route 53 or Cloud DNS with it (R7)", async () => {
    const types = await typesOf({ provider: "route53", zone: "Z08650AB1CD" });
    expect(types).toEqual(expect.arrayContaining(["aws:route53/record:Record", "aws:route53/healthCheck:HealthCheck"]));
    expect(await typesOf({ provider: "cloudDns", zone: "consortium" })).toContain("gcp:dns/recordSet:RecordSet");
    expect((await typesOf({})).filter((type) => /^(aws|gcp):/.test(type))).toEqual([]);
  });

  test("every name of the network leads somewhere, by external-dns too (R7)", () => {
    const plan = planWith({ provider: "externalDns" });
    const endpoints = plan
      .synthesise()
      .flatMap(({ objects }) => objects.filter(({ kind }) => kind === "DNSEndpoint"))
      .flatMap(({ spec }) => (spec as { endpoints: { dnsName: string }[] }).endpoints.map(({ dnsName }) => dnsName));
    const nodes = plan.placement.nodes.filter(({ role }) => role !== "ca");
    expect(endpoints).toEqual(
      expect.arrayContaining(nodes.map(({ pod, organisation }) => `${pod}.${organisation.domain}`)),
    );
    expect(new Set(endpoints).size).toBe(endpoints.length);
    for (const { domain, peers } of plan.network.organisations) {
      expect(endpoints.includes(`gateway.${domain}`)).toBe(peers.length > 0);
    }
  });

  test("what it cannot tell is a mistake in the settings", () => {
    expect(() => planWith({ provider: "route53" }, () => [])).toThrow(InvalidInput);
    expect(() => planWith({ provider: "route53", zone: "Z1" }, () => [])).toThrow(
      "no address of the gateway of aws-prod",
    );
  });
});
