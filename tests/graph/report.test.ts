/** `--html` of `preview` and `diff`: what is written, and what is refused. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minimal, run } from "../unit/cli/run";

jest.setTimeout(120_000);
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fabric-topologies-report-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("a report is written whole, its name is said, and what stood there is replaced", async () => {
  const file = join(folder, "preview.html");
  writeFileSync(file, "old");
  expect(await run("preview", minimal, "--html", file)).toEqual({ exit: 0, out: `${file}\n`, err: "" });
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/);
  expect(readdirSync(folder)).toEqual(["preview.html"]);
  // Browsers run and apply what has these digests, and nothing else.
  for (const tag of ["style", "script"]) {
    const [, content = ""] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text) ?? [];
    expect(text).toContain(`${tag}-src &#39;sha256-${createHash("sha256").update(content).digest("base64")}&#39;`);
  }
  expect(text).toContain("default-src &#39;none&#39;");
  const markup = text.replace(/<script>[\s\S]*<\/script>/, "");
  expect(markup.match(/(src|href)="(?!#)[^"]*"/g)).toBeNull();
  // The same input gives the same bytes.
  await run("preview", minimal, "--html", join(folder, "again.html"));
  expect(readFileSync(join(folder, "again.html"), "utf8")).toBe(text);
});

test("a difference is written, and its exit code is that of diff", async () => {
  const changed = join(folder, "network.yaml");
  writeFileSync(changed, readFileSync(minimal, "utf8").replace("nodes: 3", "nodes: 5"));
  const file = join(folder, "difference.html");
  const { exit, out } = await run("diff", minimal, changed, "--html", file);
  expect({ exit, out }).toEqual({ exit: 3, out: `${file}\n` });
  expect(readFileSync(file, "utf8")).toContain('<h2 id="meaning-heading">What changes</h2>');
});

test("a folder that does not exist is told before anything is worked out", async () => {
  const file = join(folder, "nowhere", "preview.html");
  const { exit, out, err } = await run("preview", "no-such-network.yaml", "--html", file);
  expect({ exit, out }).toEqual({ exit: 1, out: "" });
  expect(err).toBe(
    `found no folder ${join(folder, "nowhere")} to write preview.html into\n    do: make it: mkdir -p ${join(folder, "nowhere")}`,
  );
});

test("a folder is never overwritten", async () => {
  const file = join(folder, "reports");
  mkdirSync(file);
  const { exit, err } = await run("preview", minimal, "--html", file);
  expect(exit).toBe(1);
  expect(err).toContain(`found the folder ${file} where the report is to be written`);
  expect(err).toContain(join(file, "report.html"));
});

test.each(["--json", "--markdown"])("two ways to tell at once are refused: %s", async (other) => {
  const { exit, err } = await run("preview", minimal, "--html", join(folder, "x.html"), other);
  expect(exit).toBe(1);
  expect(err).toContain("cannot be used with option");
});
