import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { minimal, run } from "./run";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fabric-topologies-synth-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Every file below a folder, with its bytes. */
const contents = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [
      join(parentPath, name).slice(root.length),
      readFileSync(join(parentPath, name), "utf8"),
    ])
    .sort(([one = ""], [other = ""]) => one.localeCompare(other));

const kindsOf = (yaml: string) =>
  parseAllDocuments(yaml)
    .map((document) => document.toJS() as { kind: string } | null)
    .map((object) => object?.kind);

test("one folder per site, a file for the cluster and one per namespace", async () => {
  expect(await run("synth", minimal, "--out", folder)).toEqual({
    exit: 0,
    out: `${folder}/city: 98 objects\n`,
    err: "",
  });
  expect(contents(folder).map(([file]) => file)).toEqual([
    "/city/0-cluster.yaml",
    "/city/minimal-ordering.yaml",
    "/city/minimal-org1.yaml",
  ]);
});

test("the same bytes, again and elsewhere", async () => {
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  await run("synth", "--out", one);
  await run("synth", "--out", other);
  expect(contents(other)).toEqual(contents(one));
  await run("synth", "--out", one);
  expect(contents(one)).toEqual(contents(other));
});

test("what an earlier run wrote and this one does not is gone", async () => {
  await run("synth", "--out", folder);
  await run("synth", minimal, "--out", folder);
  expect(contents(folder)).toHaveLength(3);
});

test("as one stream, nothing is written, and no object is missing", async () => {
  const { exit, out } = await run("synth", minimal, "--stdout", "--out", folder);
  expect(exit).toBe(0);
  expect(contents(folder)).toEqual([]);
  await run("synth", minimal, "--out", folder);
  expect(kindsOf(out)).toEqual(contents(folder).flatMap(([, text]) => kindsOf(text!)));
  expect(kindsOf(out)).toHaveLength(98);
});

test.each([
  ["a file that synthesis did not write", "city/notes.txt"],
  ["YAML that somebody wrote by hand", "city/extra.yaml"],
  ["a folder in the site's folder", "city/inner/file.yaml"],
  ["a file where the folder should be", "city"],
])("%s: refused by name, and everything stays as it was", async (_, foreign) => {
  if (foreign !== "city") {
    await run("synth", "--out", folder);
    mkdirSync(join(folder, foreign, ".."), { recursive: true });
  }
  writeFileSync(join(folder, foreign), "mine: yes\n");
  const before = contents(folder);
  const { exit, out, err } = await run("synth", minimal, "--out", folder);
  expect({ exit, out }).toEqual({ exit: 1, out: "" });
  expect(err).toContain(join(folder, foreign.split("/").slice(0, 2).join("/")));
  expect(err).toMatch(/nothing was written\n {4}do: /);
  expect(contents(folder)).toEqual(before);
});

test("an --out that is a file is refused", async () => {
  writeFileSync(join(folder, "file"), "mine");
  const { exit, err } = await run("synth", minimal, "--out", join(folder, "file"));
  expect(exit).toBe(1);
  expect(err).toMatch(/\n {4}do: /);
  expect(readFileSync(join(folder, "file"), "utf8")).toBe("mine");
});

test("a network that does not survive a zone is not written", async () => {
  const file = join(folder, "network.yaml");
  writeFileSync(file, readFileSync(minimal, "utf8").replace("nodes: 3", "nodes: 1"));
  const { exit, err } = await run("synth", file, "--out", join(folder, "out"));
  expect(exit).toBe(1);
  expect(err).toContain("1 ordering node in all");
  expect(contents(folder).map(([path]) => path)).toEqual(["/network.yaml"]);
});

test("a folder that cannot be made is said, at once", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  const { exit, err } = await run("synth", minimal, "--out", join(file, "inside"));
  expect(exit).toBe(1);
  expect(err).toContain(`found no way to make the folder ${join(file, "inside")}`);
  expect(err).not.toMatch(/^ +at /m);
});
