import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { type CatalogueEntry, catalogueText, parseCatalogue } from "../../lib/recovery/snapshots/catalogue";
import { inWords } from "../fabric/problem";

/** The file's name, beside the snapshots of which it tells. */
export const catalogueFile = "catalogue.json";

/** What is known of the snapshots in a folder, kept in a file beside them. One process writes it. */
export class Catalogue {
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private known: readonly CatalogueEntry[],
  ) {}

  /**
   * Reads a folder's catalogue; an empty one where there is none yet.
   * @throws Error naming the file and what to do, where it cannot be read: snapshots that nobody knows would be deleted or
   * sent again.
   */
  static async open(folder: string): Promise<Catalogue> {
    await mkdir(folder, { recursive: true });
    const file = join(folder, catalogueFile);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT")
        return new Catalogue(file, []);
      throw error;
    }
    try {
      return new Catalogue(file, parseCatalogue(text));
    } catch (error) {
      throw new Error(
        `${file} is no catalogue of snapshots: ${inWords(error)}. Put back a copy of it, or move it away together with ` +
          "the snapshots beside it, to begin anew with a whole one.",
        { cause: error },
      );
    }
  }

  /** Of one unit, in no order. */
  of(unit: string): readonly CatalogueEntry[] {
    return this.known.filter((entry) => entry.unit === unit);
  }

  /** Adds an entry, or puts it in place of the one of its name; it is on the disk when this is done. */
  put(entry: CatalogueEntry): Promise<void> {
    this.known = [...this.known.filter(({ name }) => name !== entry.name), entry];
    return this.write();
  }

  drop(name: string): Promise<void> {
    this.known = this.known.filter((entry) => entry.name !== name);
    return this.write();
  }

  private write(): Promise<void> {
    const text = catalogueText(this.known);
    const written = this.writing.then(() => replace(this.file, text));
    this.writing = written.catch(() => undefined);
    return written;
  }
}

/** Whole or not at all, also after a power cut. */
async function replace(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
