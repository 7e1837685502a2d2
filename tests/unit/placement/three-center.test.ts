import fc from "fast-check";
import { ingressOf } from "../../../lib/ingress/of-placement";
import { weightsOf } from "../../../lib/ingress/model";
import { describeFailure } from "../../../lib/placement/failure";
import { failureMatrix } from "../../../lib/placement/matrix";
import { orderersOf } from "../../../lib/placement/node";
import { placeOnCenters } from "../../../lib/placement/place";
import { raftQuorum } from "../../../lib/placement/quorum";
import { describeService } from "../../../lib/placement/service";
import type { SettingsInput } from "../../../lib/spec/settings";
import dualActive from "../../../topologies/dual-active";
import federated from "../../../topologies/federated";
import threeCenter from "../../../topologies/three-center";
import { centerSite, smallBank, threeCenters } from "../../support/three-centers";

const place = (nodes = 5) =>
  placeOnCenters(
    smallBank({
      organisations: [
        { name: "amber", peers: [{ name: "peer0" }] },
        { name: "clearing", orderers: { nodes } },
      ],
    }),
    threeCenters(),
  );

test("five ordering nodes stand 2 + 2 in the city and 1 at the remote center, where a peer of each group stands by (R8)", () => {
  const homes = place().nodes.map(({ organisation, pod, site }) => `${organisation.name}/${pod} ${site}`);
  expect(homes).toEqual([
    "clearing/orderer-0-0 center-1",
    "clearing/orderer-1-0 center-2",
    "clearing/orderer-2-0 center-3",
    "clearing/orderer-3-0 center-1",
    "clearing/orderer-4-0 center-2",
    "amber/peer0-amber-0-0 center-1",
    "amber/peer0-amber-1-0 center-2",
    "amber/peer0-amber-standby-0 center-3",
    "amber/ca-amber-center-1-0 center-1",
    "amber/ca-amber-center-2-0 center-2",
    "amber/ca-amber-center-3-0 center-3",
    "clearing/ca-clearing-center-1-0 center-1",
    "clearing/ca-clearing-center-2-0 center-2",
    "clearing/ca-clearing-center-3-0 center-3",
  ]);
});

test("each ordering node of the city has its place at the remote center, the remote one has none, and none of them counts (R8)", () => {
  const placement = place();
  expect(placement.twins?.map(({ pod, site }) => `${pod} ${site}`)).toEqual([
    "orderer-0-0 center-3",
    "orderer-1-0 center-3",
    "orderer-3-0 center-3",
    "orderer-4-0 center-3",
  ]);
  expect(orderersOf(placement)).toHaveLength(5);
});

test("from three ordering nodes on, the city has a majority without the remote center, and either center may be lost (R8)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 25 }), (nodes) => {
      const orderers = orderersOf(place(nodes));
      const at = (site: string) => orderers.filter((one) => one.site === site).length;
      expect(at("center-3")).toBe(1);
      expect(at("center-1") + at("center-2")).toBeGreaterThanOrEqual(raftQuorum(nodes));
      // An even number cannot be shared out so that either half of the city may go; the check says so.
      if (nodes % 2 === 1) expect(nodes - at("center-1")).toBeGreaterThanOrEqual(raftQuorum(nodes));
    }),
  );
});

describe("what a loss costs", () => {
  const matrix = failureMatrix(place());
  const row = (failure: string) => {
    const found = matrix.rows.find((one) => describeFailure(one.failure) === failure);
    if (found === undefined) throw new Error(`no row ${failure}`);
    return Object.fromEntries(
      matrix.services.map((service, index) => [describeService(service), found.verdicts[index]!] as const),
    );
  };
  const stopping = (failure: string) =>
    Object.entries(row(failure)).flatMap(([service, { survives }]) => (survives ? [] : [service]));

  test("a lost center of the city leaves 3 of 5, over the remote link, and nothing stops (R8)", () => {
    for (const site of ["center-1", "center-2", "center-3"]) expect(stopping(`site ${site}`)).toEqual([]);
    expect(row("site center-1")["ordering"]?.because).toBe("3 consenters left, 3 of 5 needed");
  });

  test("with every link of the remote center cut, the city goes on by itself (R8)", () => {
    expect(stopping("every link of center-3")).toEqual([]);
    expect(row("every link of center-3")["ordering"]?.because).toBe("center-1 reaches 4 consenters, 3 of 5 needed");
  });

  test("with the city lost ordering stops, and the remote center reads on (R8)", () => {
    const lost = "city center-1 + center-2";
    expect(stopping(lost)).toEqual(["ordering", "endorsement settlement", "gateway amber"]);
    expect(row(lost)["reads amber"]).toEqual({ survives: true, because: "1 of 3 peers left, 1 of them standing by" });
  });
});

test("standby peers get no connection while others are there, unless somebody gives them a weight (R8)", () => {
  const pool = (settings = threeCenters()) => weightsOf(ingressOf(place(), settings))["gateway.amber.trade.example"];
  expect(pool()).toEqual({ "center-1": 1, "center-2": 1, "center-3": 0 });
  expect(pool(threeCenters({ traffic: { "gateway.amber": { "center-3": 1 } } }))).toMatchObject({ "center-3": 1 });
});

const said = (change: Partial<SettingsInput>, model = smallBank()) =>
  threeCenter.check(model, threeCenters(change)).map(({ path, found }) => `${path.join(".")}: ${found}`);

test("a network on three centers and a witness is refused nothing", () => {
  expect(said({})).toEqual([]);
});

const [one, two, three, witness] = threeCenters().sites;
const sites = (...of: unknown[]): Partial<SettingsInput> => ({ sites: of as SettingsInput["sites"] });

test.each<[string, Partial<SettingsInput>, string]>([
  ["no remote center", sites(one, two, witness), "sites: no remote center"],
  [
    "two remote centers",
    sites(one, two, three, { ...three, name: "center-4" }, witness),
    "sites: 2 remote centers (center-3, center-4)",
  ],
  [
    "a third center that writes",
    sites(one, two, { ...three, center: "city" }, three, witness),
    "sites: 3 city centers (center-1, center-2, center-3)",
  ],
  ["no witness", sites(one, two, three), "sites: no witness center"],
  [
    "a site that is nothing",
    sites(one, two, three, witness, centerSite("center-5")),
    "sites.4: site center-5 without `center`",
  ],
  [
    "nodes for the witness",
    sites(one, two, three, { ...witness, zones: [{ name: "w", consenters: 1 }] }),
    "sites.3.zones.0: nodes for witness, the witness",
  ],
  [
    "a center without room for peers",
    sites(one, two, { ...three, zones: [{ name: "c", witness: true }] }, witness),
    "sites.2.zones: center-3 with witness zones only",
  ],
  [
    "an engine that would start twins",
    { federation: { engine: "karmada", host: { name: "hub" } } },
    "federation.engine: engine karmada",
  ],
  ["no way to take over", { recovery: undefined }, "recovery: no `recovery`"],
])("%s: refused, where it stands (R8)", (_, change, expected) => {
  expect(said(change)).toContain(expected);
});

test("a majority that needs the remote center, and an even number of ordering nodes, are refused with the arithmetic", () => {
  const crowded = (
    center: (typeof threeCenters extends () => { sites: (infer S)[] } ? S : never) | undefined,
    consenters: number,
  ) => ({
    ...center,
    zones: [{ name: `${center?.name ?? ""}-a`, consenters }],
  });
  expect(said(sites(crowded(one, 1), crowded(two, 1), crowded(three, 3), witness))).toEqual([
    "sites.2.zones: 3 of 5 consenters in center-3 (1 + 1 + 3)",
    "sites: 1 of center-1 or 1 of center-2, with 3 at the target, of 5 ordering nodes",
  ]);
  const even = smallBank({
    organisations: [
      { name: "amber", peers: [{ name: "peer0" }] },
      { name: "clearing", orderers: { nodes: 4 } },
    ],
  });
  expect(said({}, even)).toEqual(["sites.0: 2 of 4 consenters in center-1 (2 + 1 + 1)"]);
});

test("centers and recovery are refused where the topology has none", () => {
  const paths = (check: typeof federated.check) =>
    check(smallBank(), { ...threeCenters(), topology: "federated" })
      .filter(({ allowed }) => allowed.includes("three-center"))
      .map(({ path }) => path.join("."));
  const every = ["sites.0.center", "sites.1.center", "sites.2.center", "sites.3.center", "recovery"];
  expect(paths(federated.check)).toEqual(every);
  expect(paths(dualActive.check)).toEqual(every);
});
