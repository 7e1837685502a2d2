import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nearest } from "../nearest";

/** Why a file cannot be used at all, in the words of a {@link Finding}. */
export interface FileFault {
  readonly found: string;
  readonly allowed: string;
  readonly fix: string;
}

type FileText = { readonly text: string } | { readonly fault: FileFault };

/** Generous for a file that people write, and small enough to be read and shown at once. */
const mostBytes = 5 * 2 ** 20;

/** The text of a UTF-8 file, or why there is none. Never throws. */
export function readFileText(file: string): FileText {
  const unusable = statFault(file);
  if (unusable !== undefined) return { fault: unusable };
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return { fault: systemFault(file, error) };
  }
  return decode(bytes);
}

/** What is wrong with a file before anybody opened it: missing, a folder, a pipe, too large. */
export function statFault(file: string): FileFault | undefined {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) {
      return { found: "a folder", allowed: "a file", fix: `Name the file in it${firstYaml(file)}.` };
    }
    // Reading a pipe or a device would wait for somebody who may never write.
    if (!stat.isFile()) return { found: "a pipe, socket or device", allowed: "a file", fix: "Name a regular file." };
    if (stat.size > mostBytes) {
      return {
        found: `a file of ${(stat.size / 2 ** 20).toFixed(1)} MiB`,
        allowed: `at most ${mostBytes / 2 ** 20} MiB`,
        fix: "Check that this is the file you mean.",
      };
    }
    return undefined;
  } catch (error) {
    return systemFault(file, error);
  }
}

function decode(bytes: Buffer): FileText {
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))) {
    return { fault: { found: "text in UTF-16", allowed: "text in UTF-8", fix: "Save the file as UTF-8." } };
  }
  if (bytes.includes(0)) {
    const fix = "Check that this is the file you mean.";
    return { fault: { found: "a binary file", allowed: "text in UTF-8", fix } };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return {
      fault: { found: "bytes that are not UTF-8", allowed: "text in UTF-8", fix: "Save the file as UTF-8." },
    };
  }
}

function systemFault(file: string, error: unknown): FileFault {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { found: "no such file", allowed: "a file that exists", fix: missingFix(file) };
    case "EACCES":
    case "EPERM":
      return {
        found: "a file that you may not read",
        allowed: "a file that you may read",
        fix: `Give yourself the right: chmod u+r ${basename(file)}.`,
      };
    default:
      return {
        found: `a file that cannot be read (${code})`,
        allowed: "a file that can be read",
        fix: "Check the path.",
      };
  }
}

function missingFix(file: string): string {
  const near = nearest(basename(file), entriesOf(dirname(file)));
  return near === undefined ? "Check the path." : `Check the path. Did you mean ${join(dirname(file), near)}?`;
}

function firstYaml(folder: string): string {
  const found = entriesOf(folder).find((name) => /^(network|settings)\.(ya?ml|ts)$/.test(name));
  return found === undefined ? "" : `, such as ${join(folder, found)}`;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
