import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Damage, readLog } from "./log";
import { tablesOf } from "./manifest";
import { damageOfTable } from "./table";

/** A place of a LevelDB whose bytes are not those that were written. */
export interface DatabaseDamage extends Damage {
  readonly file: string;
}

/**
 * Holds everything in a LevelDB's files against its checksum, and looks for tables that its manifest names and that are not
 * there. A peer opens its databases without doing so and leaves out what it cannot read. What was written wrongly, with
 * right checksums, is not found; nor is a log that ends early, as after a crash: the peer takes up there.
 * @param folder Of a database that no program has open, or of a snapshot.
 */
export async function damageOfLevelDb(folder: string): Promise<DatabaseDamage[]> {
  const names = (await readdir(folder)).sort();
  const current = names.includes("CURRENT") ? (await readFile(join(folder, "CURRENT"), "utf8")).trim() : "CURRENT";
  if (current === "CURRENT" || !names.includes(current)) {
    return [{ file: current, offset: 0, reason: "the list of the database's files is missing" }];
  }
  const manifest = readLog(await readFile(join(folder, current)));
  if (manifest.damage !== undefined) return [{ file: current, ...manifest.damage }];
  const tables = readManifest(manifest.records);
  if (tables === undefined) return [{ file: current, offset: 0, reason: "an entry that no manifest has" }];
  const damage: DatabaseDamage[] = [];
  for (const [number, size] of tables) {
    const file = names.find((name) => /\.(ldb|sst)$/.test(name) && Number.parseInt(name, 10) === number);
    const bytes = file === undefined ? undefined : await readFile(join(folder, file));
    if (file === undefined || bytes === undefined) {
      damage.push({ file: `${String(number).padStart(6, "0")}.ldb`, offset: 0, reason: "the table is missing" });
    } else if (bytes.length !== size) {
      damage.push({ file, offset: bytes.length, reason: `the table has ${bytes.length} bytes in place of ${size}` });
    } else damage.push(...damageOfTable(bytes).map((one) => ({ file, ...one })));
  }
  for (const file of names.filter((name) => /^\d+\.log$/.test(name))) {
    const found = readLog(await readFile(join(folder, file))).damage;
    if (found !== undefined) damage.push({ file, ...found });
  }
  return damage;
}

function readManifest(records: readonly Uint8Array[]): ReadonlyMap<number, number> | undefined {
  try {
    return tablesOf(records);
  } catch {
    return undefined;
  }
}
