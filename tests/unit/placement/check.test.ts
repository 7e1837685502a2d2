import { checkModel } from "../../../lib/placement/check";
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
      { name: "org1", peers: [{ name: "peer0", replicas: 1 }] },
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
