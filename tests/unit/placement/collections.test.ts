import { checkModel } from "../../../lib/placement/check";
import { failureMatrix } from "../../../lib/placement/matrix";
import { placeOnSite } from "../../../lib/placement/place";
import type { NetworkInput } from "../../../lib/spec/network";
import { formatPath } from "../../../lib/spec/problem";
import { city, network } from "../../support/models";

type CollectionInput = NonNullable<NonNullable<NetworkInput["chaincodes"]>[number]["collections"]>[number];

/** org1 with two peers, org2 with as many as said, and one collection. */
const withCollection = (collection: CollectionInput, replicas = 2, lifecycleEndorsement = "ANY Endorsement") =>
  network({
    name: "private",
    organisations: [
      { name: "org1", peers: [{ name: "peer0" }] },
      { name: "org2", peers: [{ name: "peer0", replicas }], gatewayMayStopBecause: "It only audits." },
      { name: "ordering", orderers: { nodes: 3 } },
    ],
    channels: [
      { name: "trade", members: ["org1", "org2"], policies: { endorsement: "ANY Endorsement", lifecycleEndorsement } },
    ],
    chaincodes: [{ name: "letters", channel: "trade", image: "i", collections: [collection] }],
  });

test.each([
  ["both, one peer each left", ["org1", "org2"], 1, 2, undefined],
  ["both, one peer left that endorses", ["org1", "org2"], 1, 1, 0],
  ["one, whose last peer endorses", ["org1"], 1, 2, 0],
  ["one, that need not hand it on", ["org1"], 0, 2, undefined],
  ["two of both", ["org1", "org2"], 2, 2, 1],
  ["two of both, with four peers of one", ["org1", "org2"], 2, 4, undefined],
])("private data of %s", (_, members, requiredPeers, replicas, allowed) => {
  const findings = checkModel(withCollection({ name: "prices", members, requiredPeers }, replicas), city());
  expect(findings.map(({ allowed: text }) => text.split(":")[0])).toEqual(
    allowed === undefined ? [] : [`at most ${allowed}`],
  );
  for (const { path } of findings) expect(formatPath(path)).toBe("chaincodes[0].collections[0].requiredPeers");
});

test("a collection's own policy must survive a zone, and is in the matrix", () => {
  const collection = { name: "prices", members: ["org1", "org2"], requiredPeers: 0, endorsement: "OR('Org2MSP.peer')" };
  const model = withCollection(collection, 1);
  const [finding, ...others] = checkModel(model, city());
  expect(others).toEqual([]);
  expect(formatPath(finding?.path ?? [])).toBe("chaincodes[0].collections[0].endorsement");
  expect(finding?.found).toContain("the loss of zone-a makes unsatisfiable");
  const { services, rows } = failureMatrix(placeOnSite(model, city().sites[0]!));
  const column = services.findIndex(({ kind }) => kind === "endorsement");
  const row = rows.find(({ failure }) => failure.kind === "zone" && failure.zone === "zone-a");
  expect(row?.verdicts[column]).toEqual({
    survives: false,
    because: "no peer left of org2; collection prices of chaincode letters needs OR('Org2MSP.peer')",
  });
});

test("who agrees to new chaincodes must be there, but need not survive a zone", () => {
  const open = { name: "prices", members: ["org1"], requiredPeers: 0 };
  expect(checkModel(withCollection(open, 1, "ALL Endorsement"), city())).toEqual([]);
  const twice = "AND('Org2MSP.peer','Org2MSP.member')";
  const [finding, ...others] = checkModel(withCollection(open, 1, twice), city());
  expect(others).toEqual([]);
  expect(formatPath(finding?.path ?? [])).toBe("channels[0].policies.lifecycleEndorsement");
  expect(finding?.found).toContain("with 2 peers of org1, 1 peer of org2");
});
