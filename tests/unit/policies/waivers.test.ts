import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleSettings } from "../../../cli/input";
import { loadNetwork } from "../../../lib/spec/load";
import { InvalidInput, type Problem } from "../../../lib/spec/problem";
import { planStack, type Plan } from "../../../topologies/plan";
import { run } from "../cli/run";

const today = "2026-06-15";
const header = `name: small
organisations:
  - name: org1
    peers:
      - name: peer0
  - name: ordering
    orderers:
      nodes: 3
channels:
  - name: records
    members: [org1]
chaincodes:
  - name: assets
    channel: records
    image: registry.example.com/assets:latest
`;
const waiver = (policy: string, expires: string, object?: string) =>
  `  - policy: ${policy}\n    owner: platform team\n    reason: It is being replaced.\n    expires: ${expires}\n` +
  (object === undefined ? "" : `    object: ${object}\n`);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-waivers-"));
  file = join(folder, "network.yaml");
});
afterEach(() => rmSync(folder, { recursive: true }));

function plan(...waivers: readonly string[]): Plan {
  writeFileSync(file, header + (waivers.length === 0 ? "" : `waivers:\n${waivers.join("")}`));
  return planStack({ settings: exampleSettings, network: file, today });
}

function problems(action: () => unknown): readonly Problem[] {
  try {
    action();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
}

describe("a network that breaks a mandatory policy", () => {
  test("is not synthesised, and told where", () => {
    const [problem, ...others] = problems(plan().synthesise);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ file, line: 15, path: ["chaincodes", 0, "image"] });
    expect(problem?.found).toMatch(
      /^registry.example.com\/assets:latest \(Deployment\/small-org1\/cc-assets-1-0-zone-a and 1 more\)$/,
    );
    expect(problem?.allowed).toContain("(policy images-tagged)");
  });

  test("is synthesised while somebody answers for it, to the last day", () => {
    const waived = plan(waiver("images-tagged", today));
    expect(waived.synthesise()).toHaveLength(1);
    expect(waived.examine().verdict.waived.map(({ waiver: { owner } }) => owner)).toEqual([
      "platform team",
      "platform team",
    ]);
  });

  test("is not where only one of its objects is waived", () => {
    const [problem] = problems(
      plan(waiver("images-tagged", today, "Deployment/small-org1/cc-assets-1-0-zone-a")).synthesise,
    );
    expect(problem?.found).toContain("(Deployment/small-org1/cc-assets-1-0-zone-b)");
  });

  test("is refused the day after, for the waiver and for what it waived", () => {
    const found = problems(plan(waiver("images-tagged", "2026-06-14")).synthesise);
    expect(found.map(({ line, path }) => [line, path.join(".")])).toEqual([
      [20, "waivers.0.expires"],
      [15, "chaincodes.0.image"],
    ]);
    expect(found[0]?.found).toBe("a waiver of images-tagged that ended on 2026-06-14 (today is 2026-06-15)");
  });

  test("can still be placed, so that whoever runs it may look at it", () => {
    expect(plan(waiver("images-tagged", "2026-06-14")).placement.nodes).not.toEqual([]);
  });
});

test("a waiver of no policy is refused with what was meant, whatever is done with the network", () => {
  const [problem] = problems(() => plan(waiver("image-taged", today)));
  expect(problem).toMatchObject({ line: 17, found: "image-taged, which is no policy" });
  expect(problem?.fix).toContain("Did you mean images-tagged?");
});

test("a waiver that waives nothing is told, and stops nothing", () => {
  const idle = plan(waiver("images-tagged", today), waiver("exposure-inside-only", today));
  expect(idle.synthesise()).toHaveLength(1);
  expect(idle.examine().verdict.advice.map(({ path, found }) => [path.join("."), found])).toEqual([
    ["waivers.1", "a waiver of exposure-inside-only that waives nothing"],
  ]);
});

test("an expiry that is no date is refused like every other value of a wrong form", () => {
  writeFileSync(file, `${header}waivers:\n${waiver("images-tagged", "soon")}`);
  expect(problems(() => loadNetwork(file))).toMatchObject([{ line: 20, allowed: "a date such as 2027-06-30" }]);
});

describe("on the command line", () => {
  const check = (...words: string[]) => run("policies", "check", file, ...words);

  test("what is mandatory and not waived ends with 3", async () => {
    plan();
    const { exit, out } = await check();
    expect(exit).toBe(3);
    expect(out).toContain("mandatory images-tagged: ");
    expect(out).toContain(`(${file}:15)`);
    expect(out).toMatch(/\n2 mandatory findings, \d+ advisory findings, 0 waived\n$/);
    expect((await run("synth", file, "--out", join(folder, "out"))).err).toContain("(policy images-tagged)");
    expect((await run("validate", file, "--settings", exampleSettings)).exit).toBe(1);
  });

  test("what is waived ends with 0, and is told as JSON with who answers for it", async () => {
    plan(waiver("images-tagged", "2999-12-31"));
    const { exit, out } = await check("--json");
    const told = JSON.parse(out) as { clean: boolean; waived: object[]; findings: { severity: string }[] };
    expect([exit, told.clean]).toEqual([0, true]);
    expect(told.waived[0]).toMatchObject({ policy: "images-tagged", line: 15, owner: "platform team" });
    expect(told.findings.map(({ severity }) => severity)).not.toContain("mandatory");
  });

  test("an expired waiver fails a network file that is validated by itself", async () => {
    plan(waiver("images-tagged", "2020-01-01"));
    const { exit, err } = await run("validate", file);
    expect(exit).toBe(1);
    expect(err).toContain("a waiver of images-tagged that ended on 2020-01-01");
  });

  test("what cannot be read ends with 1", async () => {
    expect((await run("policies", "check", join(folder, "none.yaml"))).exit).toBe(1);
  });

  test("policies are listed and explained, and a wrong id is met with the nearest", async () => {
    expect((await run("policies", "list")).out).toMatch(/^ {2}images-tagged +mandatory +Every image has a tag/m);
    const listed = JSON.parse((await run("policies", "list", "--json")).out) as { id: string }[];
    expect(listed.map(({ id }) => id)).toContain("consensus-survives-zone");
    expect((await run("policies", "explain", "images-tagged")).out).toMatch(/Bad:\n[^]*:latest[^]*Good:\n[^]*:1\.0/);
    expect((await run("policies", "explain", "images-taged")).err).toContain("Did you mean images-tagged?");
  });
});
