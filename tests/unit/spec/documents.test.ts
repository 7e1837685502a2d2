import fs from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadNetwork } from "../../../lib/spec/load";
import { InvalidInput, type Problem } from "../../../lib/spec/problem";

const folder = fs.mkdtempSync(join(tmpdir(), "fabric-topologies-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

function problemsOf(file: string): readonly Problem[] {
  try {
    loadNetwork(file);
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  return [];
}

/** `line:column found`, short enough to compare. */
const said = (file: string) => problemsOf(file).map(({ line, column, found }) => `${line}:${column} ${found}`);

const valid = `name: harbour
organisations:
  - name: amber
    peers:
      - name: peer0
  - name: clearing
    orderers:
      nodes: 3
`;

describe("files that cannot be read", () => {
  test("a missing file, with the one that is meant", () => {
    write("network.yaml", valid);
    const [problem] = problemsOf(join(folder, "netwrok.yaml"));
    expect(problem).toMatchObject({ line: 1, found: "no such file" });
    expect(problem?.fix).toContain(join(folder, "network.yaml"));
  });

  test("a path through a file", () =>
    expect(said(`${write("file.yaml", valid)}/network.yaml`)).toEqual(["1:1 no such file"]));

  test("a folder, with the file in it", () => {
    write("network.yaml", valid);
    expect(problemsOf(folder)).toMatchObject([
      { found: "a folder", fix: `Name the file in it, such as ${folder}/network.yaml.` },
    ]);
  });

  test("a pipe, which would be waited for", () => {
    const pipe = join(folder, "pipe.yaml");
    execFileSync("mkfifo", [pipe]);
    expect(said(pipe)).toEqual(["1:1 a pipe, socket or device"]);
  });

  test("more than 5 MiB", () =>
    expect(said(write("big.yaml", "#".repeat(5 * 2 ** 20 + 1)))).toEqual(["1:1 a file of 5.0 MiB"]));

  test("no right to read", () => {
    const file = write("locked.yaml", valid);
    // Root may read everything, so the system's answer is given by hand.
    const read = jest.spyOn(fs, "readFileSync").mockImplementation(() => {
      throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    });
    try {
      expect(problemsOf(file)).toMatchObject([
        { found: "a file that you may not read", fix: "Give yourself the right: chmod u+r locked.yaml." },
      ]);
    } finally {
      read.mockRestore();
    }
  });

  test.each([
    ["empty", "", "1:1 an empty file"],
    ["only comments", "# name: harbour\n", "1:1 an empty file"],
    ["only a marker", "---\n", "1:1 an empty file"],
    ["binary", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1]), "1:1 a binary file"],
    ["UTF-16", Buffer.from(`\uFEFF${valid}`, "utf16le"), "1:1 text in UTF-16"],
    ["Latin 1", Buffer.from("name: h\u00e4fen", "latin1"), "1:1 bytes that are not UTF-8"],
    ["a text", "harbour", '1:1 "harbour"'],
    ["a list", "- name: harbour\n", "1:1 a list"],
    ["a tab", valid.replace("    peers:", "\tpeers:"), "4:1 a tab as indentation"],
    ["a closing bracket too few", valid.replace("3\n", "[3\n"), undefined],
  ] as const)("%s", (name, content, expected) => {
    const all = said(write(`${name}.yaml`, content));
    expect(all.length).toBeGreaterThan(0);
    if (expected !== undefined) expect(all).toContain(expected);
  });

  test("aliases that unfold without end", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefghi".split("").map((one, index) => {
        const before = "abcdefgh".charAt(index);
        return `${one}: &${one} [${Array<string>(9).fill(`*${before}`).join(", ")}]`;
      }),
    ].join("\n");
    expect(said(write("bomb.yaml", bomb))).toEqual(["1:1 aliases that unfold to an enormous document"]);
  });

  test("an alias of what it stands in", () => {
    expect(said(write("circle.yaml", `${valid}channels: &c [*c]\n`))).toEqual(["9:15 a list"]);
  });
});

describe("files that can be read", () => {
  test.each([
    ["with a byte order mark", `\uFEFF${valid}`],
    ["with Windows line ends", valid.replaceAll("\n", "\r\n")],
    ["as JSON", JSON.stringify({ name: "harbour", organisations: [{ name: "clearing", orderers: { nodes: 3 } }] })],
  ])("%s", (name, content) => expect(said(write(`${name}.yaml`, content))).toEqual([]));

  test("lines are counted the same with Windows line ends", () => {
    const file = write("windows-wrong.yaml", valid.replace("nodes: 3", "nodes: three").replaceAll("\n", "\r\n"));
    expect(said(file)).toEqual(['8:14 "three"']);
  });

  test("every problem of the letters at once", () => {
    const file = write("letters.yaml", `${valid}a: [1\nb: "x\n`);
    expect(problemsOf(file).length).toBeGreaterThan(1);
  });
});

describe("places", () => {
  const place = (text: string, found: string) => {
    const problem = problemsOf(write("place.yaml", text)).find((one) => one.found === found);
    return problem === undefined ? undefined : `${problem.line}:${problem.column}`;
  };

  test("of a wrong value: the value", () => expect(place(valid.replace("nodes: 3", "nodes:   x"), '"x"')).toBe("8:16"));
  test("of a value below its key: the key", () =>
    expect(
      place(valid.replace("  - name: clearing", "  - name: clearing\n    peers:\n      name: p"), "a mapping"),
    ).toBe("7:5"));
  test("of an unknown key: the key", () =>
    expect(place(`${valid}chanels: []\n`, 'the unknown key "chanels"')).toBe("9:1"));
  test("of what is missing in a list entry: the entry", () =>
    expect(place(valid.replace("- name: amber", "- domain: amber.example"), 'no "name"')).toBe("3:5"));
  test("of what is missing at the top: the first key", () =>
    expect(place(`# a comment\n\n${valid.replace("name: harbour\n", "")}`, 'no "name"')).toBe("3:1"));
  test("of nothing behind a key: the key", () =>
    expect(place(valid.replace("nodes: 3", "nodes:"), "nothing")).toBe("8:7"));
  test("of a merged value: where it is written", () => {
    const text = `name: harbour
organisations:
  - name: amber
    peers:
      - &group
        name: peer0
        storage: 5
  - name: clearing
    orderers: { nodes: 3 }
    peers:
      - <<: [*group]
        name: other
`;
    expect(place(text, "the number 5")).toBe("7:18");
  });
});
