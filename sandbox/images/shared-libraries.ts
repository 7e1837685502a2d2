import { execFile } from "node:child_process";
import { access, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What the C library loads by itself to look host names up, where it is not built in. */
const nameServices = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];

/** Several images have the same commands in them; a program's libraries do not change while this process runs. */
const known = new Map<string, Promise<string[]>>();

/**
 * Every library that a program loads, its loader included, by the paths under which it asks for them; none where it is
 * linked statically. A path of this machine is a path of the image too.
 */
export function sharedLibraries(program: string): Promise<string[]> {
  const libraries = known.get(program) ?? askLoader(program);
  known.set(program, libraries);
  return libraries;
}

async function askLoader(program: string): Promise<string[]> {
  const file = await realpath(program);
  const { stdout } = await run("ldd", [file], { env: { ...process.env, LC_ALL: "C" } }).catch(notDynamic);
  const libraries = parseLdd(stdout);
  const missing = libraries.filter(({ path }) => path === undefined);
  if (missing.length > 0) throw new Error(`${program} needs ${missing.map(({ name }) => name).join(", ")}, not found`);
  const paths = libraries.flatMap(({ path }) => path ?? []);
  const library = paths.find((path) => /\/libc\.so/.test(path));
  const services = library === undefined ? [] : nameServices.map((name) => join(dirname(library), name));
  const there = await Promise.all(services.map(exists));
  return [...new Set([...paths, ...services.filter((_, index) => there[index])])];
}

/** What `ldd` prints, line by line: `libc.so.6 => /lib/libc.so.6 (0x…)`, `/lib64/ld-linux.so.2 (0x…)`, `… => not found`. */
export function parseLdd(text: string): { readonly name: string; readonly path?: string }[] {
  return text.split("\n").flatMap((line) => {
    const found = /^\s*(\S+)(?: => (not found|\S+))?(?: \(0x[0-9a-f]+\))?$/.exec(line);
    const [, name, target] = found ?? [];
    // The kernel itself provides linux-vdso; of a static program ldd says so in words.
    if (name === undefined || /^linux-(vdso|gate)/.test(name)) return [];
    const path = target ?? name;
    if (path === "not found") return [{ name }];
    return path.startsWith("/") ? [{ name, path }] : [];
  });
}

/** `ldd` ends with 1 for a static program, and says so. */
function notDynamic(thrown: unknown): { stdout: string } {
  const { stdout = "", stderr = "" } = thrown as { stdout?: string; stderr?: string };
  if (/not a dynamic executable|not a valid dynamic program/i.test(stdout + stderr)) return { stdout: "" };
  throw thrown;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
