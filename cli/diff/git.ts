import { spawnSync } from "node:child_process";
import { CommandError } from "../errors";

/** A repository's top folder. Nothing where this is no repository, or where there is no git. */
export function repositoryRoot(): string | undefined {
  return ask("rev-parse", "--show-toplevel");
}

/** The commit that a word names; undefined where it names none. */
export function commitOf(revision: string): string | undefined {
  return ask("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
}

/** Whether a word names a commit of this repository. */
export function isRevision(word: string): boolean {
  return commitOf(word) !== undefined;
}

/** `a..b` or `a...b` in its two parts, the latter from where both began to differ; undefined for any other word. */
export function rangeOf(word: string): readonly [string, string] | undefined {
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/.exec(word) ?? [];
  if (from === undefined || to === undefined || from + to === "") return undefined;
  // A path, such as ../network.yaml.
  if (/[\\/]$/.test(from) || /^[\\/]/.test(to)) return undefined;
  // What git itself takes where a side is left out.
  const [start, end] = [from || "HEAD", to || "HEAD"];
  if (dots === "..") return [start, end];
  const base = ask("merge-base", "--end-of-options", start, end);
  if (base === undefined) {
    throw new CommandError(
      `${start} and ${end} have no common beginning`,
      `compare them as they are: ${start}..${end}`,
    );
  }
  return [base, end];
}

/** Writes the files of a commit as a tar archive. */
export function archive(commit: string, file: string): void {
  const { status, stderr } = spawnSync("git", ["archive", "--format=tar", "-o", file, commit], {
    cwd: repositoryRoot(),
    encoding: "utf8",
  });
  if (status !== 0) throw new CommandError(`git archive ${commit}: ${stderr.trim()}`, "look at what git says");
}

function ask(...words: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", words, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
