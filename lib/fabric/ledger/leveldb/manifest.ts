import { varintAt } from "../record";

/** What a manifest's entries may say of a database (LevelDB `db/version_edit.cc`). */
const tags = {
  comparator: 1,
  log: 2,
  nextFile: 3,
  lastSequence: 4,
  pointer: 5,
  gone: 6,
  table: 7,
  previousLog: 9,
} as const;

/**
 * The tables that a database consists of, with their sizes in bytes.
 * @param records Of its manifest.
 * @throws RangeError if they are no manifest's.
 */
export function tablesOf(records: readonly Uint8Array[]): ReadonlyMap<number, number> {
  const tables = new Map<number, number>();
  for (const record of records) {
    let at = 0;
    const number = (): number => {
      const read = varintAt(record, at);
      if (read === undefined) throw new RangeError("an entry that ends too early");
      at += read.size;
      return read.value;
    };
    const bytes = (): void => {
      const length = number();
      at += length;
    };
    while (at < record.length) {
      const tag = number();
      if (tag === tags.comparator) bytes();
      else if (tag === tags.pointer) {
        number();
        bytes();
      } else if (tag === tags.gone) {
        number();
        tables.delete(number());
      } else if (tag === tags.table) {
        number();
        const file = number();
        tables.set(file, number());
        bytes();
        bytes();
      } else if (tag === tags.log || tag === tags.nextFile || tag === tags.lastSequence || tag === tags.previousLog) {
        number();
      } else throw new RangeError(`an entry of the unknown kind ${tag}`);
    }
  }
  return tables;
}
