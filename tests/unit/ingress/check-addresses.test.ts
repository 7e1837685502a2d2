import { checkAddresses } from "../../../lib/ingress/check-addresses";
import { ingressSites, ingressWith, pinnedHost, poolHost } from "../../support/ingresses";

const hosts = [
  poolHost("gateway.amber.example.com", { "aws-prod": 80, "gcp-staging": 20 }),
  pinnedHost("orderer-0-0.clearing.example.com", "third"),
];
const known = { "aws-prod": ["192.0.2.1"], "gcp-staging": ["192.0.2.2"], third: ["192.0.2.3"] };
const said = (addresses: Readonly<Record<string, readonly string[]>>, provider: Parameters<typeof checkAddresses>[1]) =>
  checkAddresses(ingressWith(hosts, { ...known, ...addresses }), provider, [...ingressSites]);

test.each(["none", "route53", "cloudDns"] as const)(
  "a site with nodes whose gateway nobody knows is refused under dns %s: pools would not fail over to it in silence (R7)",
  (provider) => {
    expect(said({}, provider)).toEqual([]);
    const [first, second, ...others] = said({ "gcp-staging": [], third: [] }, provider);
    expect([first?.path, second?.path, others]).toEqual([
      ["sites", 1, "gateway", "addresses"],
      ["sites", 2, "gateway", "addresses"],
      [],
    ]);
    expect(first).toMatchObject({ document: "settings", found: "no address of the gateway of gcp-staging" });
    // Cloud DNS checks the health of addresses only.
    expect(first?.fix.includes("host name")).toBe(provider !== "cloudDns");
  },
);

test("external-dns reads what is pinned from the gateway's own Service; pools are known beforehand all the same", () => {
  expect(said({ third: [] }, "externalDns")).toEqual([]);
  expect(said({ "aws-prod": [] }, "externalDns")).toHaveLength(1);
});

test("a site where nothing is, and one that has no other, need no address", () => {
  const pool = poolHost("gateway.amber.example.com", { "aws-prod": 1 });
  expect(
    checkAddresses(ingressWith([pool], { "aws-prod": ["192.0.2.1"], third: [] }), "none", ["aws-prod", "third"]),
  ).toEqual([]);
  expect(checkAddresses(ingressWith([pool], { "aws-prod": [] }), "none", ["aws-prod"])).toEqual([]);
});
