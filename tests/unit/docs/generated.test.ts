import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { objectKey } from "../../../lib/constructs/manifests";
import { purposes, purposesOf } from "../../../lib/constructs/purposes";
import { generatedFiles } from "../../../scripts/pages/all";
import { example } from "../../../scripts/pages/examples";
import { taggedTests } from "../../../scripts/pages/requirements";
import type { Plan } from "../../../topologies/plan";

const root = join(__dirname, "../../..");
const names = Object.keys(generatedFiles);

test.each(names)("%s is what the code makes now (else: npm run docs)", (file) => {
  expect(existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "").toBe(generatedFiles[file]!());
});

test.each(["docs/generated", "docs/pictures", "schema"])("nothing lies in %s that is not made", (folder) => {
  const files = readdirSync(join(root, folder)).map((file) => `${folder}/${file}`);
  expect(files.sort()).toEqual(names.filter((name) => name.startsWith(`${folder}/`)).sort());
});

/** The same on a cluster that has the Prometheus operator. */
function monitored({ topology, placement, settings }: Plan): Pick<Plan, "synthesise"> {
  const sites = settings.sites.map((site) => ({ ...site, prometheusOperator: true }));
  return { synthesise: () => topology.synthesise(placement, { ...settings, sites }) };
}

/** The same where external-dns tells the names. */
function named({ topology, placement, settings }: Plan): Pick<Plan, "synthesise"> {
  const dns = { ...settings.dns, provider: "externalDns" as const };
  return { synthesise: () => topology.synthesise(placement, { ...settings, dns }) };
}

test("every object has exactly one line in the object reference, and every line an object", () => {
  const objects = [
    example("minimal"),
    monitored(example("trade-finance")),
    named(example("trade-finance", "federated")),
    example("trade-finance", "three-center"),
  ].flatMap((plan) => plan.synthesise().flatMap((site) => site.objects));
  const wrong = objects.filter((object) => purposesOf(object).length !== 1);
  expect(wrong.map((object) => [objectKey(object), purposesOf(object).map(({ called }) => called)])).toEqual([]);
  expect(purposes.filter((purpose) => !objects.some((object) => purposesOf(object).includes(purpose)))).toEqual([]);
});

test("tags are read from names of tests, and from nothing else", () => {
  // Written with another letter, or the page would take them for tests.
  const source = [
    'test("one (@6)", () => {});',
    'test.each([1])("two %i (@1, @2)", () => {',
    "describe(`three (@3)`, () => {",
    "test(",
    '  "four, whose name is on a line of its own (@4)",',
    "// said in a comment (@7)",
    'expect(text).toBe("a text (@8)");',
    'test("five @9", () => {});',
  ]
    .join("\n")
    .replaceAll("@", "R");
  expect(taggedTests("file", source).map(({ name, tags }) => [name, ...tags])).toEqual([
    ["one", "R6"],
    ["two %i", "R1", "R2"],
    ["three", "R3"],
    ["four, whose name is on a line of its own", "R4"],
  ]);
});
