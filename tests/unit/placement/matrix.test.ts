import fc from "fast-check";
import { describeFailure, type Failure } from "../../../lib/placement/failure";
import { failureMatrix } from "../../../lib/placement/matrix";
import { placeOnSite } from "../../../lib/placement/place";
import { orderersOf, type Placement } from "../../../lib/placement/node";
import { raftQuorum } from "../../../lib/placement/quorum";
import { describeService } from "../../../lib/placement/service";
import { city, network, smallNetwork } from "../../support/models";

const place = (model = smallNetwork(5), settings = city()) => placeOnSite(model, settings.sites[0]!);

function verdict(placement: Placement, failure: string, service: string) {
  const matrix = failureMatrix(placement);
  const column = matrix.services.map(describeService).indexOf(service);
  const row = matrix.rows.find((one) => describeFailure(one.failure) === failure);
  const found = row?.verdicts[column];
  if (found === undefined) throw new Error(`no cell ${failure} × ${service}`);
  return found;
}

test("every pod, a node of each zone, every zone and every link has a row; every row judges every service", () => {
  const placement = place();
  const { rows, services } = failureMatrix(placement);
  const kinds = (kind: Failure["kind"]) => rows.filter(({ failure }) => failure.kind === kind).length;
  expect([kinds("pod"), kinds("node"), kinds("zone"), kinds("link")]).toEqual([placement.nodes.length, 3, 3, 3]);
  expect(services.map(describeService)).toEqual([
    "ordering",
    "endorsement trade",
    "gateway org1",
    "enrolment org1",
    "enrolment ordering",
  ]);
  for (const row of rows) expect(row.verdicts).toHaveLength(services.length);
});

test("a lost zone leaves a majority, and says how many (R6)", () => {
  expect(verdict(place(), "zone zone-a", "ordering")).toEqual({
    survives: true,
    because: "3 consenters left, 3 of 5 needed",
  });
});

test("3-1-1 loses ordering with zone-a, with the arithmetic", () => {
  const zones = city([
    { name: "zone-a", consenters: 3 },
    { name: "zone-b", consenters: 1 },
    { name: "zone-c", consenters: 1 },
  ]);
  expect(verdict(place(smallNetwork(5), zones), "zone zone-a", "ordering")).toEqual({
    survives: false,
    because: "2 consenters left, 3 of 5 needed",
  });
});

test("a cut link between the full zones is bridged by the witness", () => {
  expect(verdict(place(), "link zone-a – zone-b", "ordering")).toEqual({
    survives: true,
    because: "zone-c reaches 5 consenters, 3 of 5 needed",
  });
});

test("a cut link between two zones with no third splits them, and the larger half goes on", () => {
  const two = city([{ name: "a" }, { name: "b" }]);
  expect(verdict(place(smallNetwork(5), two), "link a – b", "ordering")).toEqual({
    survives: true,
    because: "a reaches 3 consenters, 3 of 5 needed",
  });
  expect(verdict(place(smallNetwork(4), two), "link a – b", "ordering").survives).toBe(false);
});

test("a gateway wants an ordering node that reaches the leader, whoever leads", () => {
  const halves = network({
    name: "halves",
    organisations: [
      { name: "east", peers: [{ name: "peer0" }] },
      { name: "west", peers: [{ name: "peer0", replicas: 1 }] },
      { name: "ordering", orderers: { nodes: 5 } },
    ],
  });
  // The witness passes on what either half sends to a leader in the other.
  const bridged = place(halves);
  expect(verdict(bridged, "link zone-a – zone-b", "gateway east")).toEqual({
    survives: true,
    because: "2 of 2 peers left",
  });
  // Nobody does where the third zone has no ordering node: then only the half of the leader goes on.
  const split = place(
    halves,
    city([
      { name: "b", consenters: 2 },
      { name: "a", consenters: 3 },
      { name: "c", witness: true, consenters: 0 },
    ]),
  );
  expect(verdict(split, "link b – a", "ordering").survives).toBe(true);
  expect(verdict(split, "link b – a", "gateway east")).toEqual({
    survives: true,
    because: "1 of 2 peers reach an ordering node that reaches the leader",
  });
  expect(verdict(split, "link b – a", "gateway west")).toEqual({
    survives: false,
    because: "0 of 1 peers reach an ordering node that reaches the leader",
  });
});

test("endorsement asks for peers that one gateway can reach together", () => {
  const apart = network({
    name: "apart",
    organisations: [
      { name: "org1", peers: [{ name: "peer0", replicas: 1 }] },
      { name: "org2", peers: [{ name: "peer0", replicas: 2 }] },
      { name: "ordering", orderers: { nodes: 3 } },
    ],
    channels: [
      { name: "all", members: ["org1", "org2"], policies: { endorsement: "ALL Endorsement" } },
      { name: "any", members: ["org1", "org2"], policies: { endorsement: "ANY Endorsement" } },
    ],
  });
  const placement = place(apart);
  expect(verdict(placement, "zone zone-a", "endorsement all")).toEqual({
    survives: false,
    because: "no peer left of org1; channel all needs ALL Endorsement",
  });
  expect(verdict(placement, "zone zone-a", "endorsement any").survives).toBe(true);
  expect(verdict(placement, "zone zone-a", "gateway org1")).toEqual({ survives: false, because: "0 of 1 peers left" });
  expect(verdict(placement, "zone zone-b", "gateway org1").survives).toBe(true);
});

test("enrolment stops with the certificate authority's zone, and nothing else does", () => {
  expect(verdict(place(), "zone zone-a", "enrolment org1").survives).toBe(false);
  expect(verdict(place(), "zone zone-b", "enrolment org1").survives).toBe(true);
});

test("ordering survives a zone exactly when the majority is outside of it (R6)", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 5 }), (counts) => {
      const total = counts.reduce((sum, count) => sum + count, 0);
      fc.pre(total > 0 && total <= 25);
      const zones = city(counts.map((consenters, index) => ({ name: `z${index}`, consenters })));
      const placement = place(smallNetwork(total), zones);
      expect(orderersOf(placement)).toHaveLength(total);
      counts.forEach((count, index) => {
        const survives = total - count >= raftQuorum(total);
        expect(verdict(placement, `zone z${index}`, "ordering").survives).toBe(survives);
      });
    }),
  );
});
