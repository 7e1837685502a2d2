import { execFileSync } from "node:child_process";
import { padding, tarEnd, type TarEntry, tarHeader, tarSize } from "../../../../sandbox/images/tar";

/** An archive of these entries; a file is filled with the letter x. */
function archive(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) =>
    entry.kind === "file" ? [tarHeader(entry), Buffer.alloc(entry.size, "x"), padding(entry.size)] : [tarHeader(entry)],
  );
  return Buffer.concat([...parts, tarEnd]);
}
const tar = (input: Buffer, ...options: string[]): string =>
  execFileSync("tar", options, { input, encoding: "utf8", env: { PATH: process.env["PATH"], TZ: "UTC", LC_ALL: "C" } });

const long = `${"folder/".repeat(30)}${"n".repeat(120)}`;

test("tar reads what was written, with modes, sizes and links", () => {
  const entries: TarEntry[] = [
    { kind: "folder", path: "tmp", mode: 0o1777 },
    { kind: "file", path: "usr/bin/peer", mode: 0o755, size: 1000 },
    { kind: "file", path: "empty", mode: 0o644, size: 0 },
    { kind: "link", path: "bin", target: "usr/bin" },
  ];
  const bytes = archive(entries);
  expect(tar(bytes, "--list", "--verbose", "--numeric-owner").trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^drwxrwxrwt 0\/0 +0 1970-01-01 00:00 tmp\/$/),
    expect.stringMatching(/^-rwxr-xr-x 0\/0 +1000 1970-01-01 00:00 usr\/bin\/peer$/),
    expect.stringMatching(/^-rw-r--r-- 0\/0 +0 1970-01-01 00:00 empty$/),
    expect.stringMatching(/^lrwxrwxrwx 0\/0 +0 1970-01-01 00:00 bin -> usr\/bin$/),
  ]);
  expect(tar(bytes, "--extract", "--to-stdout", "usr/bin/peer")).toBe("x".repeat(1000));
  expect(tarSize(entries)).toBe(bytes.length);
});

test.each([
  ["a path of 100 bytes", "p".repeat(100), ""],
  ["a path that the prefix takes", `${"folder/".repeat(20)}name`, ""],
  ["a path for which there is no room", long, ""],
  ["a name of more than 100 bytes", "p".repeat(101), ""],
  ["a path whose bytes are more than its letters", "ä".repeat(60), ""],
  ["a link to far away", "here", long],
])("%s comes back whole", (_what, path, target) => {
  const entry: TarEntry = target ? { kind: "link", path, target } : { kind: "file", path, mode: 0o644, size: 3 };
  const listed = tar(archive([entry]), "--list", "--verbose", "--quoting-style=literal").trimEnd();
  expect(listed.endsWith(` ${path}${target ? ` -> ${target}` : ""}`)).toBe(true);
});
