import fc from "fast-check";
import { checkModel } from "../../../lib/placement/check";
import { placeOnSite } from "../../../lib/placement/place";
import { orderersOf, type Placement } from "../../../lib/placement/node";
import { raftQuorum } from "../../../lib/placement/quorum";
import type { Settings } from "../../../lib/spec/settings";
import { city, network, smallNetwork } from "../../support/models";

const site = (settings: Settings) => settings.sites[0]!;
const where = (placement: Placement) => Object.fromEntries(placement.nodes.map(({ pod, zone }) => [pod, zone]));

test("peer0-org1-0 lives in zone-a, peer0-org1-1 in zone-b, orderer-0 in zone-a (R6)", () => {
  expect(where(placeOnSite(smallNetwork(), site(city())))).toMatchObject({
    "peer0-org1-0": "zone-a",
    "peer0-org1-1": "zone-b",
    "orderer-0": "zone-a",
    "orderer-1": "zone-b",
    "orderer-2": "zone-c",
  });
});

test("five ordering nodes go 2 + 2 + 1, the single one in the witness zone (R6)", () => {
  const zones = orderersOf(placeOnSite(smallNetwork(5), site(city()))).map(({ zone }) => zone);
  expect(zones).toEqual(["zone-a", "zone-b", "zone-c", "zone-a", "zone-b"]);
});

test("the witness zone carries no peer and no certificate authority", () => {
  const { nodes } = placeOnSite(smallNetwork(9), site(city()));
  expect(nodes.filter(({ zone }) => zone === "zone-c").map(({ role }) => role)).toEqual(["orderer"]);
});

test("three banks with one ordering node each stand in three zones", () => {
  const banks = network({
    name: "banks",
    organisations: ["one", "two", "three"].map((name) => ({
      name,
      peers: [{ name: "peer0" }],
      orderers: { nodes: 1 },
    })),
  });
  expect(orderersOf(placeOnSite(banks, site(city()))).map(({ zone }) => zone)).toEqual(["zone-a", "zone-b", "zone-c"]);
});

test.each([
  [
    [2, 1],
    [1, 1, 1],
  ],
  [
    [3, 2],
    [2, 2, 1],
  ],
  [
    [1, 3, 1],
    [2, 2, 1],
  ],
  [
    [2, 2, 2, 1],
    [3, 3, 1],
  ],
])("%j ordering nodes of several organisations stand %j, the witness's last", (shares, spread) => {
  const model = network({
    name: "shared",
    organisations: shares.map((nodes, index) => ({ name: `org${index}`, orderers: { nodes } })),
  });
  const zones = orderersOf(placeOnSite(model, site(city()))).map(({ zone }) => zone);
  expect(["zone-a", "zone-b", "zone-c"].map((name) => zones.filter((zone) => zone === name).length)).toEqual(spread);
  expect(checkModel(model, city())).toEqual([]);
});

test("numbers per zone from the settings are obeyed", () => {
  const settings = city([
    { name: "zone-a", consenters: 1 },
    { name: "zone-b", consenters: 2 },
    { name: "zone-c", consenters: 2 },
  ]);
  const zones = orderersOf(placeOnSite(smallNetwork(5), site(settings))).map(({ zone }) => zone);
  expect(zones).toEqual(["zone-a", "zone-b", "zone-c", "zone-b", "zone-c"]);
});

test("adding nodes to the last organisation never moves one that holds a ledger", () => {
  fc.assert(
    fc.property(
      fc.record({ orderers: fc.integer({ min: 1, max: 15 }), replicas: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ orderers: fc.integer({ min: 0, max: 6 }), replicas: fc.integer({ min: 0, max: 4 }) }),
      fc.boolean(),
      (before, more, witness) => {
        const settings = city([{ name: "a" }, { name: "b" }, { name: "c", witness }]);
        const grown = (orderers: number, replicas: number) =>
          placeOnSite(
            network({
              name: "n",
              organisations: [
                { name: "bank", peers: [{ name: "peer0", replicas }] },
                { name: "one", orderers: { nodes: 2 } },
                { name: "two", orderers: { nodes: orderers, name: "second" } },
              ],
            }),
            site(settings),
          );
        const old = where(grown(before.orderers, before.replicas));
        const now = where(grown(before.orderers + more.orderers, before.replicas + more.replicas));
        expect(now).toMatchObject(old);
      },
    ),
  );
});

test("an odd number of consenters from 3 to 25, in any city with a third zone, survives the loss of each zone", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 2, max: 5 }),
      fc.boolean(),
      (half, full, withWitness) => {
        const zones = Array.from({ length: full }, (_, index) => ({ name: `zone-${index}` }));
        const witness = full === 2 || withWitness ? [{ name: "witness", witness: true }] : [];
        const consenters = 2 * half + 1;
        const orderers = orderersOf(placeOnSite(smallNetwork(consenters), site(city([...zones, ...witness]))));
        for (const { name } of [...zones, ...witness]) {
          const left = orderers.filter(({ zone }) => zone !== name).length;
          expect(left).toBeGreaterThanOrEqual(raftQuorum(consenters));
        }
      },
    ),
  );
});
