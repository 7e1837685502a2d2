import fc from "fast-check";
import { checkDns } from "../../../../lib/ingress/dns/check";
import { cloudDns } from "../../../../lib/ingress/dns/cloud-dns";
import { planRecords, type PlannedRecord } from "../../../../lib/ingress/dns/plan";
import { route53 } from "../../../../lib/ingress/dns/route53";
import type { MultiClusterIngress } from "../../../../lib/ingress/model";
import { arbitraryPool, ingressSites, ingressWith, pinnedHost, poolHost } from "../../../support/ingresses";
import { cloudDnsAnswers, route53Answers } from "../../../support/name-providers";

const pool = "gateway.amber.example.com";
const addresses = { "aws-prod": ["192.0.2.1", "192.0.2.2"], "gcp-staging": ["192.0.2.11"], third: ["192.0.2.21"] };
const planned = (ingress: MultiClusterIngress) => planRecords(ingress, 30);
const ofPool = (records: readonly PlannedRecord[]) => records.filter(({ name }) => name === pool);

/** Every way in which some of these may be lost. */
function combinations(all: readonly string[]): ReadonlySet<string>[] {
  return Array.from(
    { length: 2 ** all.length },
    (_, bits) => new Set(all.filter((_one, index) => bits & (1 << index))),
  );
}

describe("records of an ingress", () => {
  it("every host has a record, at its home's gateway or at all of its sites (R7)", () => {
    const hosts = [
      pinnedHost("peer0-amber-1-0.amber.example.com", "gcp-staging"),
      poolHost(pool, { "aws-prod": 80, "gcp-staging": 20 }),
    ];
    const { records } = planned(ingressWith(hosts, addresses));
    expect(records.map(({ name, type, answers }) => [name, type, answers.map(({ site }) => site)])).toEqual([
      ["peer0-amber-1-0.amber.example.com", "A", ["gcp-staging"]],
      [pool, "A", ["aws-prod", "gcp-staging"]],
    ]);
  });

  it("every record of a pool leads to all sites: no IPv6 for some of them only", () => {
    fc.assert(
      fc.property(arbitraryPool(["ipv4", "ipv6", "name"]), (ingress) => {
        const { records } = planned(ingress);
        expect(ofPool(records).length).toBeGreaterThan(0);
        for (const { answers } of ofPool(records)) expect(answers.map(({ site }) => site)).toEqual([...ingressSites]);
        // A CNAME stands alone, and what it leads to has records or is a load balancer's name.
        const types = ofPool(records).map(({ type }) => type);
        expect(types.includes("CNAME") ? types.length : 1).toBe(1);
        const targets = records
          .filter(({ type }) => type === "CNAME")
          .flatMap(({ answers }) => answers.flatMap((one) => one.addresses));
        for (const target of targets.filter((name) => name.endsWith(pool))) {
          expect(records.some(({ name }) => name === target)).toBe(true);
        }
      }),
    );
  });
});

describe("Route 53", () => {
  it("never leads a pool to the unwell while an address that is well exists, whatever is lost (R7)", () => {
    fc.assert(
      fc.property(arbitraryPool(["ipv4", "ipv6", "name"]), (ingress) => {
        const zone = route53(planned(ingress));
        for (const type of ["A", "AAAA", "CNAME"] as const) {
          const records = zone.records.filter((record) => record.name === pool && record.type === type);
          const checks = new Map(records.map(({ choice, values }) => [choice!.check, values[0]!]));
          expect(checks.size).toBe(records.length);
          for (const lost of combinations([...checks.values()])) {
            if (lost.size === checks.size) continue;
            for (const answer of route53Answers(records, (check) => !lost.has(checks.get(check)!))) {
              expect(answer.values.some((value) => !lost.has(value))).toBe(true);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("shares out as the weights say, to a per cent, however many addresses a site has", () => {
    fc.assert(
      fc.property(arbitraryPool(["ipv4"]), (ingress) => {
        const [record] = ofPool(planned(ingress).records);
        const records = route53(planned(ingress)).records;
        for (const { choice } of records) expect(Number.isInteger(choice?.weight) && choice!.weight <= 255).toBe(true);
        const sum = record!.answers.reduce((all, { weight }) => all + weight, 0);
        const answers = route53Answers(records, () => true);
        for (const { addresses: own, weight } of record!.answers) {
          const chance = answers
            .filter(({ values }) => own.includes(values[0]!))
            .reduce((all, one) => all + one.chance, 0);
          expect(Math.abs(chance - weight / sum)).toBeLessThan(0.015);
        }
      }),
    );
  });

  it("asks each gateway for the pool by its name, and one that has only a load balancer's name whether it lives", () => {
    const mixed = { ...addresses, "aws-prod": ["lb-1.elb.example.net"], "gcp-staging": ["lb-2.elb.example.net"] };
    const host = poolHost(pool, { "aws-prod": 80, "gcp-staging": 20 });
    expect(route53(planned(ingressWith([host], addresses))).checks).toContainEqual({
      name: `${pool}-a-gcp-staging`,
      address: "192.0.2.11",
      host: pool,
      port: 15021,
      path: "/healthz",
      failures: 3,
    });
    expect(route53(planned(ingressWith([host], mixed))).checks[0]).toEqual({
      name: `${pool}-cname-aws-prod`,
      address: "lb-1.elb.example.net",
      port: 15021,
      path: "/ready",
      failures: 3,
    });
  });
});

describe("Cloud DNS", () => {
  it("never leads a pool to the unwell while an address that is well exists, whatever is lost (R7)", () => {
    fc.assert(
      fc.property(arbitraryPool(["ipv4"]), (ingress) => {
        for (const record of cloudDns(planned(ingress)).records) {
          const all = ofPool(planned(ingress).records).flatMap(({ answers }) =>
            answers.flatMap((one) => one.addresses),
          );
          for (const lost of combinations(all)) {
            if (lost.size === all.length) continue;
            for (const answer of cloudDnsAnswers(record, (endpoint) => !lost.has(endpoint))) {
              expect(answer.values.some((value) => !lost.has(value))).toBe(true);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("shares out as the weights say; standby sites get a ten-thousandth, or are a backup", () => {
    fc.assert(
      fc.property(arbitraryPool(["ipv4"]), (ingress) => {
        const [record] = ofPool(planned(ingress).records);
        const sum = record!.answers.reduce((all, { weight }) => all + weight, 0);
        const answers = cloudDnsAnswers(cloudDns(planned(ingress)).records[0]!, () => true);
        for (const { addresses: own, weight } of record!.answers) {
          const chance = answers
            .filter(({ values }) => own.includes(values[0]!))
            .reduce((all, one) => all + one.chance, 0);
          expect(Math.abs(chance - weight / sum)).toBeLessThan(0.001);
        }
      }),
    );
  });

  it("is asked no faster than it may, and counts lost what failed for as long", () => {
    const [check] = cloudDns(planned(ingressWith([poolHost(pool, { "aws-prod": 1 })], addresses))).checks;
    expect(check).toMatchObject({ host: pool, interval: 30, failures: 1, timeout: 1 });
  });
});

describe("what a provider cannot say is told where it stands", () => {
  const host = poolHost(pool, { "aws-prod": 80, "gcp-staging": 20 });
  const sites = [...ingressSites];

  it("no zone, a host name beside addresses", () => {
    const wrong = ingressWith([host], { "aws-prod": [], "gcp-staging": ["192.0.2.1", "lb.example.net"] });
    expect(checkDns(wrong, { provider: "route53" }, sites).map(({ path, found }) => [path.join("."), found])).toEqual([
      ["dns", "route53 without a zone"],
      ["sites.1.gateway.addresses", "lb.example.net among 2 addresses of gcp-staging"],
    ]);
    expect(checkDns(wrong, { provider: "none" }, sites)).toEqual([]);
  });

  it("host names, where only addresses are checked", () => {
    const named = ingressWith([host], { "aws-prod": ["lb.example.net"], "gcp-staging": ["192.0.2.1"] });
    const said = (dns: Parameters<typeof checkDns>[1]) => checkDns(named, dns, sites).map(({ allowed }) => allowed);
    expect(said({ provider: "cloudDns", zone: "consortium" })).toEqual([
      "IP addresses: Cloud DNS checks the health of these only",
    ]);
    expect(said({ provider: "externalDns" })).toHaveLength(1);
    expect(said({ provider: "route53", zone: "Z1" })).toEqual([]);
    expect(said({ provider: "externalDns", healthChecks: { "aws-prod": "a", "gcp-staging": "b" } })).toEqual([]);
  });
});
