import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadNetwork, loadStack } from "../../../lib/spec/load";
import { InvalidInput, type Problem } from "../../../lib/spec/problem";
import { checkAgainst } from "../../../topologies/plan";
import { findTopologies } from "../../../topologies/topology";

/**
 * Every file here is broken. A comment `# ✗ text` ends each line that a problem must name, with what the problem must
 * say (several texts: ✗ each); every other line is fine, and no problem may name it.
 */
const folder = join(__dirname, "../../broken");
const files = readdirSync(folder).sort();

/** Files that are read for themselves; settings are read together with the network file that they name. */
const networks = files.filter((file) => file.startsWith("network-"));
const settings = files.filter((file) => file.startsWith("settings-") || file.startsWith("Pulumi."));

const topologies = findTopologies();

interface Mark {
  readonly line: string;
  readonly texts: readonly string[];
}

function marksOf(file: string): Mark[] {
  return readFileSync(join(folder, file), "utf8")
    .split("\n")
    .flatMap((line, index) => {
      const comment = /# ✗ (.*)$/.exec(line)?.[1];
      return comment === undefined ? [] : [{ line: `${file}:${index + 1}`, texts: comment.split(" ✗ ") }];
    });
}

function problemsOf(load: () => unknown): readonly Problem[] {
  try {
    load();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
}

function compare(problems: readonly Problem[], marks: readonly Mark[]): void {
  const lines = problems.map(({ file, line }) => `${file}:${line}`);
  expect([...new Set(lines)].sort()).toEqual(marks.map(({ line }) => line).sort());
  for (const { line, texts } of marks) {
    const said = problems
      .filter((_, index) => lines[index] === line)
      .map(({ found, allowed, fix }) => `found ${found}\nallowed: ${allowed}\ndo: ${fix}`)
      .join("\n");
    for (const text of texts) expect(said).toContain(text.trim());
  }
  for (const { found, allowed, fix, column } of problems) {
    expect(column).toBeGreaterThan(0);
    for (const words of [found, allowed, fix]) {
      expect(words).not.toBe("");
      expect(words).not.toMatch(/\bundefined\b|\[object|Invalid input|expected .*received|\n|    at |NaN/);
    }
  }
}

describe("broken files", () => {
  const home = process.cwd();
  // Problems name files as they were named: relative names keep the marks readable.
  beforeAll(() => process.chdir(folder));
  afterAll(() => process.chdir(home));

  test("there are at least sixty, and each is read", () => {
    expect(networks.length + settings.length).toBeGreaterThanOrEqual(60);
    const named = settings.flatMap(
      (file) => /^\s*network: (\S+\.yaml)/m.exec(readFileSync(join(folder, file), "utf8"))?.[1] ?? [],
    );
    expect(
      files.filter((file) => !networks.includes(file) && !settings.includes(file) && !named.includes(file)),
    ).toEqual([]);
  });

  test.each(networks)("%s", (file) => {
    const marks = marksOf(file);
    expect(marks).not.toEqual([]);
    compare(
      problemsOf(() => loadNetwork(file)),
      marks,
    );
  });

  test.each(settings)("%s", (file) => {
    const network = /^ *(?:fabric-topologies:)?network: ([a-z-]+\.yaml)/m.exec(readFileSync(file, "utf8"))?.[1];
    const marks = [...marksOf(file), ...(network !== undefined && files.includes(network) ? marksOf(network) : [])];
    expect(marks).not.toEqual([]);
    compare(
      problemsOf(() => loadStack({ settings: file, checks: [checkAgainst(topologies)] })),
      marks,
    );
  });
});
