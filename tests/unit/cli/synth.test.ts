import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { exampleSettings } from "../../../cli/input";
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
    out: `${folder}/city: 132 objects\n${folder}/channels/records.json: channel of org1, with no chaincode\n`,
    err: "",
  });
  expect(contents(folder).map(([file]) => file)).toEqual([
    "/channels/records.json",
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
  expect(contents(folder)).toHaveLength(4);
});

test("each channel's config can be read before any cluster exists, and holds no certificate", async () => {
  const { out } = await run("synth", "--out", folder);
  expect(out).toContain(
    `${folder}/channels/letters-of-credit.json: channel of amber, basalt and cobalt, with letter-of-`,
  );
  const text = readFileSync(join(folder, "channels/settlement.json"), "utf8");
  expect(text).not.toContain("-----BEGIN");
  expect(text).toContain("(TLS certificate of orderer-0: made in the cluster by clearing's CA)");
  const { channel_group } = JSON.parse(text) as { channel_group: { groups: { Application: { groups: object } } } };
  expect(Object.keys(channel_group.groups.Application.groups)).toEqual(["AmberBankMSP", "BasaltMSP"]);
});

test("channels that are no more are gone, and with the last one their folder", async () => {
  const file = join(folder, "network.yaml");
  const out = join(folder, "out");
  await run("synth", "--out", out);
  await run("synth", minimal, "--out", out);
  expect(readdirSync(join(out, "channels"))).toEqual(["records.json"]);
  const text = readFileSync(minimal, "utf8");
  writeFileSync(file, text.slice(0, text.indexOf("\nchannels:")));
  expect(await run("synth", file, "--out", out)).toMatchObject({ exit: 0 });
  expect(readdirSync(out)).toEqual(["city"]);
});

test("a site that would share its folder with the channels is refused", async () => {
  const settings = join(folder, "settings.yaml");
  writeFileSync(settings, readFileSync(exampleSettings, "utf8").replace("name: city", "name: channels"));
  const { exit, err } = await run("synth", minimal, "--settings", settings, "--out", join(folder, "out"));
  expect(exit).toBe(1);
  expect(err).toMatch(/found a site called channels.*\n {4}do: print the manifests with --stdout/);
  expect(contents(folder).map(([path]) => path)).toEqual(["/settings.yaml"]);
});

test("as one stream, nothing is written, and no object is missing", async () => {
  const { exit, out } = await run("synth", minimal, "--stdout", "--out", folder);
  expect(exit).toBe(0);
  expect(contents(folder)).toEqual([]);
  await run("synth", minimal, "--out", folder);
  const manifests = contents(folder).filter(([file]) => file!.endsWith(".yaml"));
  expect(kindsOf(out)).toEqual(manifests.flatMap(([, text]) => kindsOf(text!)));
  expect(kindsOf(out)).toHaveLength(132);
});

test.each([
  ["a file that synthesis did not write", "city/notes.txt"],
  ["YAML that somebody wrote by hand", "city/extra.yaml"],
  ["JSON that somebody wrote by hand", "channels/mine.json"],
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
