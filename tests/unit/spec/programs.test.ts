import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Network } from "../../../lib/spec/network";
import type { Problem } from "../../../lib/spec/problem";

/** What came of a network file: jest has module loading of its own, so real programs are run in a real Node. */
type Outcome = { readonly network: Network } | { readonly problems: readonly Problem[] };

const root = join(__dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
afterAll(() => rmSync(folder, { recursive: true }));

const programs = {
  importing: `import { nodes } from "./nodes";
export default { name: "typed", organisations: [{ name: "ordering", orderers: { nodes } }] };`,
  wrong: `export default { name: "Typed", organisations: [{ name: "a", peers: () => 3, orderers: { nodes: 1 } }] };`,
  "does not compile": "export default {\n  name: ;\n",
  throws: "\n\n  throw new Error('no vault today');\nexport default {};",
  "throws a text": "throw 'a text';\nexport default {};",
  "imports nothing": "import x from './missing';\nexport default x;",
  "exports nothing": "export const network = {};",
} as const;
const examples = { "example in YAML": "network.yaml", "example in TypeScript": "network.ts" } as const;

const script = `
const { loadNetwork } = require("./lib/spec/load");
const outcomes = JSON.parse(process.argv[1]).map((file) => {
  try { return { network: loadNetwork(file) }; }
  catch (error) { if (error.name !== "InvalidInput") throw error; return { problems: error.problems }; }
});
console.log(JSON.stringify(outcomes));`;

const outcomes = new Map<string, Outcome>();
beforeAll(() => {
  writeFileSync(join(folder, "nodes.ts"), "export const nodes: number = 3;");
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, `${name}.ts`), text);
  const files = [
    ...Object.keys(programs).map((name) => [name, join(folder, `${name}.ts`)] as const),
    ...Object.entries(examples).map(([name, file]) => [name, join(root, "examples/minimal", file)] as const),
    ["nowhere", join(folder, "nowhere.ts")] as const,
  ];
  const paths = JSON.stringify(files.map(([, file]) => file));
  const printed = execFileSync(process.execPath, ["--import", "tsx", "--eval", script, paths], { cwd: root });
  const all = JSON.parse(printed.toString()) as Outcome[];
  files.forEach(([name], index) => outcomes.set(name, all[index]!));
}, 60_000);

function networkOf(name: string): Network {
  const outcome = outcomes.get(name)!;
  if ("network" in outcome) return outcome.network;
  throw new Error(JSON.stringify(outcome.problems));
}

/** `line path found`. */
function said(name: string): string[] {
  const outcome = outcomes.get(name)!;
  return "network" in outcome
    ? []
    : outcome.problems.map(({ line, path, found }) => `${line} ${path.join(".")} ${found}`);
}

describe("network files in TypeScript", () => {
  test("a default export is loaded, with what it imports", () =>
    expect(networkOf("importing").organisations[0]?.orderers?.nodes).toBe(3));

  test("the example says the same in both languages", () =>
    expect(networkOf("example in TypeScript")).toEqual(networkOf("example in YAML")));

  test("problems of the value name their path", () =>
    expect(said("wrong").sort()).toEqual(['1 name "Typed"', "1 organisations.0.peers a function"]));

  test.each([
    ["does not compile", /^2 {2}a program that fails: Unexpected ";"$/],
    ["throws", /^3 {2}a program that fails: no vault today$/],
    ["throws a text", /^1 {2}a program that fails: a text$/],
    ["imports nothing", /^1 {2}a program that fails: Cannot find module '.\/missing'/],
    ["exports nothing", /^1 {2}no default export$/],
    ["nowhere", /^1 {2}no such file$/],
  ])("a program that %s is one problem", (name, expected) => {
    expect(said(name)).toHaveLength(1);
    expect(said(name)[0]).toMatch(expected);
  });
});
