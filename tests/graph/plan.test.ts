/** `fabric-topologies plan` without an engine; tests/cluster/plan.test.ts asks the real one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { exampleSettings } from "../../cli/input";
import type { Preview } from "../../lib/preview/document";
import { comparisonText } from "../../cli/plan/text";
import { plain } from "../../lib/explain/table";
import { minimal, run } from "../unit/cli/run";

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fabric-topologies-plan-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Settings of a stack in a folder that is the Pulumi project `name`, or none. */
function stack(name?: string): string {
  if (name !== undefined) writeFileSync(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
  const file = join(folder, "Pulumi.dev.yaml");
  const sites = [
    {
      name: "city",
      zones: [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
      storage: { provisioner: "csi.example.com" },
    },
  ];
  const config = { "fabric-topologies:network": minimal, "fabric-topologies:sites": sites };
  writeFileSync(file, stringify({ config }));
  return file;
}

test("it says in a line what would be asked for, and that no engine was asked", async () => {
  const { exit, out } = await run("plan", minimal);
  expect(exit).toBe(0);
  expect(out).toMatch(
    /^minimal as stack preview of project fabric-topologies: \d+ Kubernetes objects on 1 site and 1 channel; /,
  );
  expect(out).toContain("no engine was asked: --engine holds it against");
});

test("a stack's resources are those of the project that its Pulumi.yaml names, as in the engine", async () => {
  const settings = stack("my-trade");
  const planned = JSON.parse((await run("plan", "--settings", settings, "--json")).out) as object;
  const { graph } = JSON.parse((await run("preview", "--settings", settings, "--json")).out) as Preview;
  expect(planned).toEqual({ project: "my-trade", stack: "dev", resources: graph.resources.length });
  expect(graph.resources.every(({ urn }) => urn.startsWith("urn:pulumi:dev::my-trade::"))).toBe(true);
  expect(graph.resources.find(({ name }) => name === "city:Namespace/minimal-org1")?.inputs).toMatchObject({
    metadata: { annotations: { "fabric-topologies.dev/stack": "my-trade/dev" } },
  });
});

test.each([
  [["--engine"], "no stack is named", "--stack <name>"],
  [["--settings", exampleSettings, "--engine"], "is not the settings of a Pulumi stack", "--stack <name>"],
])("%j is refused: the engine knows stacks only", async (words, found, fix) => {
  const { exit, out, err } = await run("plan", ...words);
  expect({ exit, out }).toEqual({ exit: 1, out: "" });
  expect(err).toContain(found);
  expect(err).toContain(fix);
});

test("a network file beside --engine is refused, as the engine would run another one", async () => {
  const { exit, err } = await run("plan", minimal, "--settings", stack("my-trade"), "--engine");
  expect(exit).toBe(1);
  expect(err).toContain("leave the file out, or name it in the stack's settings");
});

test("settings without a Pulumi.yaml, and a machine without Pulumi, are told as such", async () => {
  const path = process.env["PATH"];
  try {
    process.env["PATH"] = folder;
    expect((await run("plan", "--settings", stack(), "--engine")).err).toContain("no Pulumi.yaml in the folder of");
    const { exit, err } = await run("plan", "--settings", stack("my-trade"), "--engine");
    expect(exit).toBe(1);
    expect(err).toMatch(/^`pulumi` is not on PATH\n {4}do: install it/);
  } finally {
    process.env["PATH"] = path;
  }
});

test("many differences do not scroll away what to do about them", () => {
  const differences = Array.from({ length: 30 }, (_, index) => ({
    urn: `urn:pulumi:dev::trade::a::${index}`,
    what: "inputs.data.a",
    offline: "x".repeat(500),
    engine: undefined,
  }));
  const text = comparisonText({ project: "trade", stack: "dev", resources: 30, differences }, plain);
  expect(text).toContain(
    "30 differences between the offline preview (30 resources) and Pulumi's engine, for stack dev",
  );
  expect(text).toContain("and 10 more: --json has them all");
  expect(text).toMatch(/Please report it/);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(420);
});
