/** Changes of Fabric, channels, chaincodes and settings: what a diff says is what the engine and the cluster make of it. */
import { changeOf, type ChangeId } from "../support/changes/table";
import { sharedSandbox } from "./support/cluster";
import { expectAsTold } from "./support/told";
import { Walk } from "./support/walk";

jest.setTimeout(5 * 60_000);
let walk: Walk;

beforeAll(async () => {
  walk = await Walk.begin(await sharedSandbox(), "longTermRelease");
}, 60 * 60_000);
afterAll(() => walk.remove());

/** One after the other, on the same network. */
const chain: readonly ChangeId[] = [
  "majorUpgrade",
  "patchUpgrade",
  "pinPeerImage",
  "endorsementTimeout",
  "clientCertificates",
  "endorsement",
  "batch",
  "newChannel",
  "renameChannel",
  "removeChannel",
  "newChaincode",
  "removeChaincode",
  "chaincodeVersion",
  "chaincodePolicy",
  "collection",
  "chaincodeMemory",
  "latestImage",
  "latestImageWaived",
  "expiredWaiver",
  "validity",
  "renewBefore",
  "roundTrip",
  "farZones",
  "federated",
  "noCouchdb",
  "narrowApiServer",
  "widenApiServer",
  "smallMachines",
];

test.each(chain.map((id) => [changeOf(id).says, id] as const))("%s", async (_says, id) => {
  await expectAsTold(walk, id);
});
