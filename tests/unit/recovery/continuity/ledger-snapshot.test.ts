import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareStates, readLedgerSnapshot } from "../../../../lib/recovery/continuity/ledger-snapshot";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A snapshot as Fabric writes it, of a state in two files. */
function snapshot(state: string, height = 20): string {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-snapshot-"));
  folders.push(folder);
  const files = { "public_state.data": state, "txids.data": "ids" };
  const sum = (text: string) => createHash("sha256").update(text).digest("hex");
  const metadata = {
    channel_name: "main",
    last_block_number: height - 1,
    last_block_hash: sum(`block ${height}`),
    previous_block_hash: sum(`block ${height - 1}`),
    snapshot_files_raw_hashes: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sum(text)])),
    state_db_type: "SimpleKeyValueDB",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "_snapshot_signable_metadata.json"), JSON.stringify(metadata));
  return folder;
}

const compared = async (ours: string, theirs: string) =>
  compareStates(await readLedgerSnapshot(ours), await readLedgerSnapshot(theirs), "peer0-amber-1");

test("a state is proven by another peer's at the same height", async () => {
  expect(await compared(snapshot("a=1"), snapshot("a=1"))).toEqual({
    kind: "compared",
    with: "peer0-amber-1",
    height: 20,
  });
});

test("another state, and a file that was changed behind its description, are damage", async () => {
  expect(await compared(snapshot("a=2"), snapshot("a=1"))).toMatchObject({ kind: "damaged" });
  const changed = snapshot("a=1");
  writeFileSync(join(changed, "public_state.data"), "a=3");
  expect(await compared(changed, snapshot("a=1"))).toMatchObject({
    kind: "damaged",
    reason: expect.stringContaining("public_state.data"),
  });
});

test("a snapshot of another height, or one that is itself damaged, proves nothing", async () => {
  expect(await compared(snapshot("a=1"), snapshot("a=1", 21))).toEqual({ kind: "unproven" });
  const theirs = snapshot("a=1");
  rmSync(join(theirs, "txids.data"));
  expect(await compared(snapshot("a=1"), theirs)).toEqual({ kind: "unproven" });
});
