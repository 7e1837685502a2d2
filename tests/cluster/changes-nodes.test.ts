/** Changes of nodes, disks and organisations: what a diff says of each is what the engine and the cluster make of it. */
import { changeOf, type ChangeId } from "../support/changes/table";
import { sharedSandbox } from "./support/cluster";
import { expectAsTold } from "./support/told";
import { Walk } from "./support/walk";

jest.setTimeout(5 * 60_000);
let walk: Walk;

beforeAll(async () => {
  walk = await Walk.begin(await sharedSandbox());
}, 60 * 60_000);
afterAll(() => walk.remove());

/** One after the other, on the same network. */
const chain: readonly ChangeId[] = [
  "reordered",
  "morePeers",
  "fewerPeers",
  "peerMemory",
  "biggerDisk",
  "smallerDisk",
  "otherStorageClass",
  "otherDiskParameters",
  "couchdb",
  "moveConsenter",
  "moveWitness",
  "renameOrderers",
  "renameNetwork",
  "renameSite",
  "ordererMemory",
  "moreConsenters",
  "fewerConsenters",
  "oneConsenterFewer",
  "addOrganisation",
  "joinChannel",
  "leaveChannel",
  "renameOrganisation",
  "removeOrganisation",
  "renamePeers",
  "mspId",
  "ownAuthority",
];

test.each(chain.map((id) => [changeOf(id).says, id] as const))("%s", async (_says, id) => {
  await expectAsTold(walk, id);
});
