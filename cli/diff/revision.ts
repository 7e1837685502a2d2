import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { name as ownName } from "../../package.json";
import { previewSchema } from "../../lib/preview/document";
import { listed } from "../../lib/spec/words";
import { CommandError } from "../errors";
import { exampleSettings, stackFileOf } from "../input";
import { archive, commitOf, repositoryRoot } from "./git";
import { checkout, previewBy, type PreviewedFiles } from "./own-preview";
import type { Side, SideOptions, SidePreview } from "./side";

/**
 * The network as a git revision has it, in a folder of its own that goes again. Where the revision holds this program as
 * well, its own program makes the preview: a change of code changes what is deployed, whatever the network file says.
 */
export function revisionSide(revision: string, options: SideOptions): Side {
  return {
    label: revision,
    preview: async () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), "fabric-topologies-revision-")));
      try {
        unpack(revision, folder);
        const files = filesIn(folder, revision, options);
        return (await byItself(folder, files)) ?? (await byThisProgram(folder, files));
      } catch (error) {
        throw named(error, folder, revision);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function unpack(revision: string, folder: string): void {
  const commit = commitOf(revision);
  if (commit === undefined) throw new CommandError(`${revision} is no revision`, "`git log` shows which there are");
  const tar = join(folder, ".tar");
  archive(commit, tar);
  const { status, stderr } = spawnSync("tar", ["-xf", tar, "-C", folder], { encoding: "utf8" });
  rmSync(tar, { force: true });
  if (status !== 0)
    throw new CommandError(`tar: ${stderr.trim()}`, "see that there is room in the folder for temporary files");
}

/** The same files as in the working tree, as the revision has them; what lies outside of the repository has no revisions. */
function filesIn(folder: string, revision: string, options: SideOptions): PreviewedFiles {
  const settings = options.settings ?? (options.stack === undefined ? exampleSettings : stackFileOf(options.stack));
  const root = realpathSync(repositoryRoot() ?? ".");
  const inside = (file: string): string | undefined => {
    const path = relative(root, existsSync(file) ? realpathSync(file) : resolve(file));
    return path.startsWith("..") || isAbsolute(path) ? undefined : path;
  };
  const files = [settings, ...(options.network === undefined ? [] : [options.network])];
  if (files.every((file) => inside(file) === undefined)) {
    throw new CommandError(
      `${listed(files, "and")} ${files.length === 1 ? "is" : "are"} not in this repository, so ${revision} has nothing to compare`,
      "name files of this repository with --network, --settings or --stack",
    );
  }
  const there = (file: string): string => {
    const path = inside(file);
    if (path === undefined) return resolve(file);
    const inRevision = join(folder, path);
    if (existsSync(inRevision)) return inRevision;
    throw new CommandError(
      `${revision} has no ${path}`,
      "name a revision that has it, or other files with --network, --settings or --stack",
    );
  };
  return { settings: there(settings), ...(options.network === undefined ? {} : { network: there(options.network) }) };
}

/** The preview by the revision's own program; nothing where it has none, or one that cannot say all that is compared. */
async function byItself(folder: string, files: PreviewedFiles): Promise<SidePreview | undefined> {
  if (!hasProgram(folder)) return undefined;
  if (!existsSync(join(folder, "node_modules"))) {
    symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  }
  const told = await previewBy(folder, files).catch(() => undefined);
  const preview = previewSchema.safeParse(told).data;
  if (preview === undefined) return undefined;
  const locked = (root: string) => readFileSync(join(root, "package-lock.json"), "utf8");
  if (locked(folder) === locked(checkout)) return { preview };
  return {
    preview,
    note: "made by its own program, with the packages that are installed now and not those that it locks",
  };
}

/** Whether a folder holds this program. */
function hasProgram(folder: string): boolean {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest) || !existsSync(join(folder, "bin", "fabric-topologies.mjs"))) return false;
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly name?: unknown }).name === ownName;
}

async function byThisProgram(folder: string, files: PreviewedFiles): Promise<SidePreview> {
  const preview = await previewBy(checkout, files);
  if (!hasProgram(folder)) return { preview };
  return {
    preview,
    note: "its files by the program of now, as its own cannot preview them, or cannot say all that is compared",
  };
}

/** An error in the revision's own names for its files. */
function named(error: unknown, folder: string, revision: string): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(`${folder}/`, `${revision}:`);
  return error;
}
