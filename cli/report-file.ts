import { randomBytes } from "node:crypto";
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CommandError } from "./errors";

/**
 * Makes sure that a file can be written before anything is worked out for it.
 * @throws CommandError where its folder does not exist, or where a folder has its name.
 */
export function checkTarget(file: string): void {
  const folder = dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CommandError(`found no folder ${folder} to write ${basename(file)} into`, `make it: mkdir -p ${folder}`);
  }
  if (existsSync(file) && statSync(file).isDirectory()) {
    throw new CommandError(
      `found the folder ${file} where the report is to be written`,
      `name a file, such as ${join(file, "report.html")}`,
    );
  }
}

/** Writes a file beside its place and then moves it there, so that a crash leaves the old or the new, never a half. */
export function replaceFile(file: string, text: string): void {
  checkTarget(file);
  const fresh = join(dirname(file), `.${basename(file)}-${randomBytes(4).toString("hex")}`);
  try {
    writeFileSync(fresh, text, { flag: "wx" });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`found no way to write ${file}: ${why}`, "choose a file that you may write");
  }
}
