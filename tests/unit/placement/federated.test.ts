import { checkFederation } from "../../../lib/placement/check-federation";
import federated from "../../../topologies/federated";
import { endpointOf } from "../../../lib/placement/endpoint";
import { describeFailure } from "../../../lib/placement/failure";
import { failureMatrix } from "../../../lib/placement/matrix";
import { placeOnSites } from "../../../lib/placement/place";
import { longestSilence, timingOfSites } from "../../../lib/placement/timing";
import type { NetworkInput } from "../../../lib/spec/network";
import type { SettingsInput } from "../../../lib/spec/settings";
import { settingsSchema } from "../../../lib/spec/settings";
import { network as networkOf } from "../../support/models";

const site = (name: string, zones: SettingsInput["sites"][number]["zones"]) => ({
  name,
  zones,
  gateway: { addresses: [`${name}.example.net`] },
});
const threeClouds = (change: Partial<SettingsInput> = {}) =>
  settingsSchema.parse({
    topology: "federated",
    network: "network.yaml",
    federation: { engine: "direct" },
    sites: [
      site("aws-prod", [{ name: "eu-central-1a" }, { name: "eu-central-1b" }]),
      site("gcp-staging", [{ name: "europe-west3-a" }]),
      site("azure-witness", [{ name: "germanywestcentral-1", witness: true }]),
    ],
    ...change,
  });

const network = (change: Partial<NetworkInput> = {}) =>
  networkOf({
    name: "trade",
    organisations: [
      { name: "amber", peers: [{ name: "peer0", replicas: 3 }] },
      { name: "clearing", orderers: { nodes: 5 } },
    ],
    channels: [{ name: "settlement", members: ["amber"] }],
    ...change,
  });

const homes = (settings = threeClouds()) =>
  Object.fromEntries(
    placeOnSites(network(), settings).nodes.map(({ organisation, pod, site, zone }) => [
      `${organisation.name}/${pod}`,
      `${site}/${zone}`,
    ]),
  );

test("each node has one home: five ordering nodes stand 2 + 2 + 1 over three clouds, and spread over the zones of each (R7)", () => {
  expect(homes()).toEqual({
    "clearing/orderer-0-0": "aws-prod/eu-central-1a",
    "clearing/orderer-1-0": "gcp-staging/europe-west3-a",
    "clearing/orderer-2-0": "azure-witness/germanywestcentral-1",
    "clearing/orderer-3-0": "aws-prod/eu-central-1b",
    "clearing/orderer-4-0": "gcp-staging/europe-west3-a",
    "amber/peer0-amber-0-0": "aws-prod/eu-central-1a",
    "amber/peer0-amber-1-0": "gcp-staging/europe-west3-a",
    "amber/peer0-amber-2-0": "aws-prod/eu-central-1b",
    "amber/ca-amber-aws-prod-0": "aws-prod/eu-central-1a",
    "amber/ca-amber-gcp-staging-0": "gcp-staging/europe-west3-a",
    "clearing/ca-clearing-aws-prod-0": "aws-prod/eu-central-1a",
    "clearing/ca-clearing-gcp-staging-0": "gcp-staging/europe-west3-a",
    "clearing/ca-clearing-azure-witness-0": "azure-witness/germanywestcentral-1",
  });
});

test("a node that is added moves nobody, and a pinned one stays where its ledger is", () => {
  const before = homes();
  const more = network({
    organisations: [
      { name: "amber", peers: [{ name: "peer0", replicas: 5 }] },
      { name: "clearing", orderers: { nodes: 7 } },
    ],
  });
  const after = Object.fromEntries(
    placeOnSites(more, threeClouds()).nodes.map(({ organisation, pod, site, zone }) => [
      `${organisation.name}/${pod}`,
      `${site}/${zone}`,
    ]),
  );
  expect(after).toMatchObject(before);
  const pinned = threeClouds();
  const [, second] = pinned.sites;
  second?.zones[0]?.pods.push("amber/peer0-amber-0-0", "clearing/orderer-0-0");
  expect(homes(pinned)).toMatchObject({
    "amber/peer0-amber-0-0": "gcp-staging/europe-west3-a",
    "clearing/orderer-0-0": "gcp-staging/europe-west3-a",
    "clearing/orderer-1-0": "aws-prod/eu-central-1a",
  });
});

test("any one pod, zone or site may be lost, and any one border closed (R7)", () => {
  const settings = threeClouds();
  expect(checkFederation(network(), settings)).toEqual([]);
  const { rows, services } = failureMatrix(placeOnSites(network(), settings));
  const sites = rows.filter(({ failure }) => failure.kind === "site" || failure.kind === "border");
  expect(sites.map(({ failure }) => describeFailure(failure))).toEqual([
    "site aws-prod",
    "site gcp-staging",
    "site azure-witness",
    "border aws-prod – gcp-staging",
    "border aws-prod – azure-witness",
    "border gcp-staging – azure-witness",
  ]);
  const stopping = rows.flatMap(({ failure, verdicts }) =>
    verdicts.flatMap(({ survives }, column) =>
      survives || services[column]?.kind === "enrolment" ? [] : [describeFailure(failure)],
    ),
  );
  expect(stopping).toEqual([]);
});

test("what others dial is a name that means the same everywhere, on the port of the gateways", () => {
  const { nodes } = placeOnSites(network(), threeClouds({ ingress: { port: 8443 } }));
  const peer = nodes.find(({ pod }) => pod === "peer0-amber-1-0");
  const endpoint = endpointOf(peer!, "cluster.local");
  expect(endpoint.address).toBe("peer0-amber-1-0.amber.trade.example:8443");
  expect(endpoint.hosts).toEqual(expect.arrayContaining([endpoint.host, "gateway.amber.trade.example"]));
});

test("consenters dial each other by names that each cluster answers itself, and certificates carry them", () => {
  const { nodes } = placeOnSites(network(), threeClouds({ ingress: { port: 8443 } }));
  const orderer = nodes.find(({ pod }) => pod === "orderer-1-0");
  const { address, consenter, hosts } = endpointOf(orderer!, "cluster.local");
  expect(address).toBe("orderer-1-0.clearing.trade.example:8443");
  expect(consenter).toEqual({ host: "raft-orderer-1-0.trade-clearing.svc", port: 7050 });
  expect(hosts).toContain(consenter?.host);
});

test("losing a site costs what gateways take to lead its clients elsewhere, losing a zone no more than an election", () => {
  const health = { interval: "2s", timeout: "1s", failures: 3, successes: 2 };
  const settings = threeClouds({ ingress: { health }, federation: { engine: "direct", roundTrip: "5ms" } });
  const timing = timingOfSites(network(), settings);
  expect(timing.secondsWithoutCommit.worst).toBe(4);
  expect(longestSilence(timing, { kind: "zone" })).toBe(5);
  expect(longestSilence(timing, { kind: "site" })).toBe(10);
  expect(timing.choices.at(-1)).toMatchObject({ subject: "without commits after the loss of a site", value: "9 s" });
  const near = timingOfSites(network(), threeClouds({ ingress: { health: { ...health, failures: 1 } } }));
  expect(longestSilence(near, { kind: "site" })).toBe(longestSilence(near, { kind: "zone" }));
});

const found = (settings: Partial<SettingsInput>, of = network()) =>
  federated.check(of, threeClouds(settings)).map(({ path, found: what }) => `${path.join(".")}: ${what}`);

test.each<[string, Partial<SettingsInput>, string]>([
  [
    "two sites",
    { sites: [site("aws-prod", [{ name: "a" }]), site("gcp-staging", [{ name: "b" }])] },
    "sites: 2 sites (aws-prod, gcp-staging)",
  ],
  [
    "one full site",
    {
      sites: [
        site("one", [{ name: "a" }]),
        site("two", [{ name: "b", witness: true }]),
        site("three", [{ name: "c", witness: true }]),
      ],
    },
    "sites: 1 full site (one)",
  ],
  [
    "a zone's name twice",
    { sites: [site("one", [{ name: "a" }]), site("two", [{ name: "a" }]), site("three", [{ name: "c" }])] },
    "sites.1.zones.0.name: zone a, which site one has too",
  ],
  ["no engine", { federation: undefined }, "federation: no `federation`"],
  ["no host", { federation: { engine: "kubefed" } }, "federation: engine kubefed without a host"],
  [
    "a host for nothing",
    { federation: { engine: "direct", host: { name: "hub" } } },
    "federation.host: a host, hub, for engine direct",
  ],
  [
    "weights that sum to zero",
    { traffic: { "gateway.amber": { "aws-prod": 0, "gcp-staging": 0 } } },
    "traffic.gateway.amber: weights of gateway.amber.trade.example that sum to zero (aws-prod 0, gcp-staging 0)",
  ],
  [
    "a weight for the witness",
    { traffic: { "gateway.amber": { "azure-witness": 1 } } },
    "traffic.gateway.amber.azure-witness: a weight of azure-witness, where nothing of gateway.amber stands",
  ],
  [
    "a weight for no site",
    { traffic: { "gateway.amber": { "aws-pro": 1 } } },
    "traffic.gateway.amber.aws-pro: a weight of aws-pro, where nothing of gateway.amber stands",
  ],
  [
    "a pool of nobody",
    { traffic: { "gateway.clearing": { "aws-prod": 1 } } },
    "traffic.gateway.clearing: weights of gateway.clearing, which is no pool of this network",
  ],
  [
    "a gateway without an address",
    { sites: [...threeClouds().sites.slice(0, 2), { name: "third", zones: [{ name: "c", witness: true }] }] },
    "sites.2.gateway.addresses: no address of the gateway of third",
  ],
])("%s: refused, where it stands", (_, settings, expected) => {
  expect(found(settings)).toContain(expected);
});

test("a network over clouds whose gateways have addresses is refused nothing", () => {
  expect(found({})).toEqual([]);
});

test("a peer in one site only, and an even split that no majority survives, are refused with the arithmetic", () => {
  const lone = network({
    organisations: [
      { name: "amber", peers: [{ name: "peer0", replicas: 1 }] },
      { name: "clearing", orderers: { nodes: 2 } },
    ],
  });
  expect(found({}, lone)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("organisations.0.peers.0.replicas: one peer of amber in aws-prod"),
      expect.stringContaining("organisations.1.orderers.nodes: 2 ordering nodes in all"),
    ]),
  );
});
