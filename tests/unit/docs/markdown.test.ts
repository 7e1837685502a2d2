/** What the pages point to is there, and what they tell people to type exists. */
import type { Command } from "commander";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { commandLine } from "../../../cli/program";

const root = join(__dirname, "../../..");
const pages = markdownIn(root).map((file) => relative(root, file));

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(\.|node_modules$)/.test(entry.name) ? [] : markdownIn(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** Targets of links and pictures that are not on another machine. */
function relativeLinks(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)];
  return targets.map(([, link, source]) => link ?? source ?? "").filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a page: its headings as GitHub makes them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Everything that stands in a page as code: blocks line by line, and what is between single backticks. */
function code(text: string): string[] {
  const blocks = [...text.matchAll(/^```.*\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const spans = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return [...blocks, ...spans];
}

/** The words after each call of a program, at the beginning of a command, up to what ends a command in a shell. */
function calls(program: RegExp, texts: readonly string[]): string[][] {
  const call = new RegExp(`(?:^|[$(&;|] *|npx |node bin/)${program.source}(?=\\s|$)([^|;&)#\`"]*)`, "g");
  return texts.flatMap((text) =>
    [...text.matchAll(call)].map(([, words = ""]) => words.trim().split(/\s+/).filter(Boolean)),
  );
}

/** What is wrong with a call of our command line; nothing where it could be typed. */
function fault(words: readonly string[], command: Command = commandLine()): string | undefined {
  const [word, ...rest] = words;
  if (word === undefined || word === "--help" || word === "help") return undefined;
  if (word.startsWith("-")) {
    const flag = word.replace(/=.*/, "");
    const option = command.options.find(({ long, short }) => long === flag || short === flag);
    if (option === undefined) return `${command.name()} has no option ${flag}`;
    if (!option.required || word.includes("=")) return fault(rest, command);
    const next = rest.findIndex((one) => one.startsWith("-"));
    const values = option.variadic ? (next < 0 ? rest.length : next) : 1;
    return fault(rest.slice(values), command);
  }
  const inner = command.commands.find((one) => one.name() === word);
  if (inner !== undefined) return fault(rest, inner);
  return command.registeredArguments.length > 0 ? fault(rest, command) : `${command.name()} has no command ${word}`;
}

test("the pages are found", () => {
  expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/README.md", "topologies/dual-active/README.md"]));
});

test.each(pages)("%s: what it links to is there", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const broken = relativeLinks(text).filter((target) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(root, page) : join(root, dirname(page), path);
    return !existsSync(file) || (anchor !== undefined && !anchors(readFileSync(file, "utf8")).includes(anchor));
  });
  expect(broken).toEqual([]);
});

test.each(pages)("%s: commands that it names can be typed", (page) => {
  const written = code(readFileSync(join(root, page), "utf8"));
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  const targets = [...readFileSync(join(root, "Makefile"), "utf8").matchAll(/^([a-z]+):/gm)].map(([, name]) => name);
  expect(
    [
      ...calls(/fabric-topologies(?:\.mjs)?/, written).map((words) => fault(words)),
      ...calls(/npm run/, written).map(([name = ""]) => (name in scripts ? undefined : `no script ${name}`)),
      ...calls(/make/, written).map(([name]) => (targets.includes(name) ? undefined : `no target ${name}`)),
    ].filter((said) => said !== undefined),
  ).toEqual([]);
});

test.each([
  ["explain --nonsense", "explain has no option --nonsense"],
  ["sandbox restart", "sandbox has no command restart"],
  ["validate one.yaml --stack production --json", undefined],
  ["synth --out folder", undefined],
  ["drill link-cut --between zone-a zone-b --seconds 10", undefined],
  ["drill link-cut --between zone-a zone-b --nonsense", "link-cut has no option --nonsense"],
])("a command is judged as the program would: %s", (words, said) => {
  expect(fault(words.split(" "))).toBe(said);
});
