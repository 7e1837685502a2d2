import { recordsOfEndpoints, recordsOfServices, zoneFile } from "../../../sandbox/names/records";

const endpoint = (...endpoints: object[]) => ({ apiVersion: "externaldns.k8s.io/v1alpha1", spec: { endpoints } });

describe("records of DNSEndpoint objects", () => {
  test("lead to all of their targets, as addresses or as another name", () => {
    const pool = {
      dnsName: "gateway.amber.example",
      recordType: "A",
      recordTTL: 30,
      targets: ["10.0.0.1", "10.0.0.2"],
    };
    const alias = { dnsName: "www.amber.example", recordType: "CNAME", targets: ["gateway.amber.example"] };
    const text = { dnsName: "amber.example", recordType: "TXT", targets: ["owner"] };
    expect(recordsOfEndpoints([endpoint(pool, alias, text)])).toEqual([
      { name: "gateway.amber.example", addresses: ["10.0.0.1", "10.0.0.2"] },
      { name: "www.amber.example", addresses: ["gateway.amber.example"] },
    ]);
  });

  test("leave out a site of weight 0", () => {
    const weighted = (target: string, value: string) => ({
      dnsName: "gateway.amber.example",
      targets: [target],
      setIdentifier: target,
      providerSpecific: [{ name: "aws/weight", value }],
    });
    expect(recordsOfEndpoints([endpoint(weighted("10.0.0.1", "80"), weighted("10.0.0.2", "0"))])).toEqual([
      { name: "gateway.amber.example", addresses: ["10.0.0.1"] },
    ]);
  });

  test("what has not the form of one is passed over, and the rest is read", () => {
    const good = endpoint({ dnsName: "a.example", targets: ["10.0.0.1"] });
    expect(recordsOfEndpoints([{ kind: "DNSEndpoint" }, good])).toHaveLength(1);
  });
});

test.each(["external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/"])(
  "a Service's annotation %shostname names its balancer",
  (prefix) => {
    const metadata = { annotations: { [`${prefix}hostname`]: "peer0.amber.example, peer1.amber.example" } };
    const status = { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } };
    expect(recordsOfServices([{ metadata, status }, { metadata: {} }])).toEqual([
      { name: "peer0.amber.example", addresses: ["10.0.0.1"] },
      { name: "peer1.amber.example", addresses: ["10.0.0.1"] },
    ]);
  },
);

test("in the zone a name of several records has all their addresses, each once", () => {
  const records = [
    { name: "Gateway.Amber.example", addresses: ["10.0.0.2", "10.0.0.1"] },
    { name: "gateway.amber.example.", addresses: ["10.0.0.1", "fd00::1"] },
    { name: "www.amber.example", addresses: ["gateway.amber.example"] },
    { name: "waits.example", addresses: [] },
  ];
  const lines = zoneFile(records, 7).trim().split("\n");
  expect(lines[0]).toMatch(/^\. 2 IN SOA sandbox\. sandbox\. 7 /);
  expect(lines.slice(2)).toEqual([
    "gateway.amber.example. 2 IN A 10.0.0.1",
    "gateway.amber.example. 2 IN A 10.0.0.2",
    "gateway.amber.example. 2 IN AAAA fd00::1",
    "www.amber.example. 2 IN CNAME gateway.amber.example.",
  ]);
});
