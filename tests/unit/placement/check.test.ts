import fc from "fast-check";
import { checkModel } from "../../../lib/placement/check";
import { failureMatrix } from "../../../lib/placement/matrix";
import { placeOnSite } from "../../../lib/placement/place";
import type { NetworkInput } from "../../../lib/spec/network";
import { formatPath } from "../../../lib/spec/problem";
import { city, network, smallNetwork } from "../../support/models";

const zones = (...consenters: readonly number[]) =>
  city(consenters.map((count, index) => ({ name: `zone-${"abc"[index]}`, consenters: count })));

test("a network that survives is not complained about", () => {
  expect(checkModel(smallNetwork(), city())).toEqual([]);
  expect(checkModel(smallNetwork(5), zones(2, 2, 1))).toEqual([]);
});

test("3-1-1 is refused with the arithmetic (R6)", () => {
  const [finding, ...others] = checkModel(smallNetwork(5), zones(3, 1, 1));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ document: "settings", found: "3 of 5 consenters in zone-a (3 + 1 + 1)" });
  expect(finding?.allowed).toBe("at most 2: losing zone-a would leave 2, and Raft needs 3 of 5");
  expect(finding?.fix).toContain("2 + 2 + 1");
  expect(formatPath(finding?.path ?? [])).toBe("sites[0].zones[0].consenters");
});

test("zones more than 5 ms apart are refused: dual-active is one city (R6)", () => {
  const apart = (roundTrip: string) => {
    const settings = city();
    return checkModel(smallNetwork(), { ...settings, sites: settings.sites.map((site) => ({ ...site, roundTrip })) });
  };
  expect(apart("5ms")).toEqual([]);
  for (const roundTrip of ["6ms", "1s"]) {
    expect(apart(roundTrip)).toEqual([
      expect.objectContaining({ path: ["sites", 0, "roundTrip"], found: `${roundTrip} there and back between zones` }),
    ]);
  }
});

test("two zones are refused, whatever their numbers", () => {
  for (const settings of [city([{ name: "zone-a" }, { name: "zone-b" }]), zones(3, 2)]) {
    const findings = checkModel(smallNetwork(5), settings);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ found: "two zones only (zone-a, zone-b)" });
    expect(findings[0]?.allowed).toContain("one of two zones holds at least 3, losing it leaves 2, and Raft needs 3");
  }
});

test.each([1, 2])("%i ordering nodes are refused: none may be lost", (nodes) => {
  const [finding] = checkModel(smallNetwork(nodes), city());
  expect(finding).toMatchObject({ document: "network", path: ["organisations", 1, "orderers", "nodes"] });
  expect(finding?.fix).toContain("3");
});

test("numbers per zone that do not add up are refused with the sum", () => {
  const [finding] = checkModel(smallNetwork(5), zones(2, 1, 1));
  expect(finding?.found).toBe("consenters 2 in zone-a, 1 in zone-b, 1 in zone-c: 4 in all");
});

test("an endorsement policy that a zone's loss makes unsatisfiable is refused where it stands (R3, R6)", () => {
  const two = network({
    name: "two",
    organisations: [
      { name: "org1", peers: [{ name: "peer0", replicas: 1 }], gatewayMayStopBecause: "It only audits." },
      { name: "org2", peers: [{ name: "peer0" }] },
      { name: "ordering", orderers: { nodes: 3 } },
    ],
    channels: [{ name: "trade", members: ["org1", "org2"] }],
    chaincodes: [
      { name: "all", channel: "trade", image: "i", endorsement: "AND('Org1MSP.peer','Org2MSP.peer')" },
      { name: "any", channel: "trade", image: "i", endorsement: "OR('Org1MSP.peer','Org2MSP.peer')" },
    ],
  });
  const findings = checkModel(two, city());
  expect(findings).toHaveLength(1);
  expect(formatPath(findings[0]?.path ?? [])).toBe("chaincodes[0].endorsement");
  expect(findings[0]?.found).toContain("the loss of zone-a makes unsatisfiable: it leaves 1 peer of org2");
});

test("a policy that can never be satisfied is found with nothing lost", () => {
  const twice = smallNetwork(3, {
    chaincodes: [{ name: "c", channel: "trade", image: "i", endorsement: "AND('Org1MSP.peer','Org1MSP.admin')" }],
  });
  expect(checkModel(twice, city())[0]?.found).toContain("with 2 peers of org1");
});

const oneOf = (organisation: Partial<NetworkInput["organisations"][number]>) =>
  network({
    name: "one",
    organisations: [
      { name: "bank", peers: [{ name: "peer0", replicas: 1 }], ...organisation },
      { name: "ordering", orderers: { nodes: 3 } },
    ],
  });

test("a gateway that stops with a zone is refused where its peers stand, unless somebody says why it may", () => {
  const [finding, ...others] = checkModel(oneOf({}), city());
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    document: "network",
    found: "one peer of bank in zone-a, with which its gateway stops",
    allowed: "peers in two full zones of zone-a, zone-b",
    fix: "set `replicas` to 2, or say why it may stop: `gatewayMayStopBecause`",
  });
  expect(formatPath(finding?.path ?? [])).toBe("organisations[0].peers[0].replicas");
  expect(checkModel(oneOf({ gatewayMayStopBecause: "It only audits." }), city())).toEqual([]);
});

test("several groups of one peer all begin in the first zone", () => {
  const peers = ["peer0", "query"].map((name) => ({ name, replicas: 1 }));
  const [finding, ...others] = checkModel(oneOf({ peers }), city());
  expect(others).toEqual([]);
  expect(finding?.found).toBe("all 2 peers of bank in zone-a, with which its gateway stops");
  expect(formatPath(finding?.path ?? [])).toBe("organisations[0].peers");
});

test("peers pinned to one zone are refused, and one more in another is asked for", () => {
  const settings = city([
    { name: "zone-a", pods: ["bank/peer0-bank-1"] },
    { name: "zone-b" },
    { name: "zone-c", witness: true },
  ]);
  const model = oneOf({ peers: [{ name: "peer0" }] });
  expect(checkModel(model, settings)[0]?.fix).toContain("pin one peer more to another full zone");
});

test("no findings: the matrix has no pod, node or zone that stops ordering, endorsement or a gateway unasked", () => {
  const organisation = fc.record({
    groups: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
    nodes: fc.integer({ min: 0, max: 3 }),
    consents: fc.boolean(),
  });
  const policy = fc.constantFrom("ANY Endorsement", "MAJORITY Endorsement", "ALL Endorsement");
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(organisation, { minLength: 1, maxLength: 4 }),
      policy,
      fc.boolean(),
      (organisations, endorsement, witness) => {
        const names = organisations.map((_, index) => `org${index}`);
        const model = network({
          name: "n",
          organisations: organisations.map(({ groups, nodes, consents }, index) => ({
            name: `org${index}`,
            peers: groups.map((replicas, rank) => ({ name: `peer${rank}`, replicas })),
            ...(nodes === 0 ? {} : { orderers: { nodes } }),
            ...(consents ? { gatewayMayStopBecause: "It may." } : {}),
          })),
          channels: [{ name: "all", members: names, policies: { endorsement } }],
        });
        fc.pre(model.organisations.some(({ orderers }) => orderers !== undefined));
        const settings = city([{ name: "a" }, { name: "b" }, { name: "c", witness }]);
        const matrix = failureMatrix(placeOnSite(model, settings.sites[0]!));
        const stopped = matrix.services.filter(
          (service, column) =>
            service.kind !== "enrolment" &&
            matrix.rows.some(({ failure, verdicts }) => failure.kind !== "link" && !verdicts[column]!.survives) &&
            !(
              service.kind === "gateway" &&
              model.organisations.find(({ name }) => name === service.organisation)?.gatewayMayStopBecause !== undefined
            ),
        );
        const findings = checkModel(model, settings);
        expect(findings.length > 0).toBe(stopped.length > 0);
        seen[findings.length > 0 ? "refused" : "accepted"] += 1;
      },
    ),
    { numRuns: 200 },
  );
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(5);
});
