import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type Tags,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { DocumentKind, Path, Problem } from "../problem";
import type { Place, ReadDocument, SourceDocument } from "./document";
import { readFileText } from "./file-text";
import { badMerge, describeYamlError, unclosedBracket, unknownAlias } from "./yaml-errors";

/** Reads a YAML (or JSON) file. Problems of its letters carry their own places; never throws. */
export function readYamlFile(file: string, kind: DocumentKind): ReadDocument {
  const read = readFileText(file);
  if ("fault" in read) return { problems: [{ document: kind, path: [], ...read.fault, file, line: 1, column: 1 }] };
  return readYaml(read.text, file, kind);
}

/** The same for a text that is already here; `file` is its name in messages. */
function readYaml(text: string, file: string, kind: DocumentKind): ReadDocument {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { ...options, lineCounter: lines });
  return examine({ parsed, lines, text, file, kind }, text);
}

/**
 * Reads a text of any number of documents, as `kubectl apply` takes it; ones with nothing in them count for nothing. No
 * word of the text is ever shown: manifests hold secrets.
 */
export function readYamlStream(text: string, file: string, kind: DocumentKind): ReadDocument[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { ...options, ...asKubectl, lineCounter: lines });
  const documents = "empty" in parsed ? [] : parsed;
  return documents
    .filter((document) => document.errors.length > 0 || !isNothing(document))
    .map((document) => examine({ parsed: document, lines, text, file, kind }, text.replace(/[^\s:,]/g, "…")))
    .map(({ problems, ...read }) => ({ ...read, problems: problems.map(withoutWords) }));
}

const withoutWords = (problem: Problem): Problem => ({ ...problem, found: problem.found.replace(/…+/g, "a word") });

// Merge keys (<<) are YAML 1.1, but everybody who writes anchors expects them.
const options = { merge: true, prettyErrors: false, logLevel: "error" } as const;

/** YAML 1.1 as kubectl's library has it: `yes` is true and `0644` an octal number, but a date or a time is a text. */
const asKubectl = {
  version: "1.1",
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) => typeof tag === "string" || (!/timestamp|binary/.test(tag.tag) && tag.format !== "TIME")),
} as const;

const isNothing = ({ contents }: Document.Parsed): boolean =>
  contents === null || (isScalar(contents) && contents.value === null);

interface Parsed {
  readonly parsed: Document.Parsed;
  readonly lines: LineCounter;
  readonly text: string;
  readonly file: string;
  readonly kind: DocumentKind;
}

/** @param shown The text from which words are shown in messages. */
function examine({ parsed, lines, text, file, kind }: Parsed, shown: string): ReadDocument {
  const at = (offset: number, words: Pick<Problem, "found" | "allowed" | "fix">): Problem => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { document: kind, path: [], ...words, file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // What is around a bracket that is not closed is not closed either, to the library: one of them is the mistake.
  const bracket = parsed.errors.find((error) => unclosedBracket(error) !== undefined);
  const errors = parsed.errors.filter((error) => error === bracket || unclosedBracket(error) === undefined);
  const problems = [...errors, ...parsed.warnings].map((error) =>
    at(
      openingQuote(parsed, error) ?? openingBracket(parsed, error, text) ?? error.pos[0],
      describeYamlError(error, shown),
    ),
  );
  visit(parsed, {
    Alias: (_, alias) => {
      if (alias.resolve(parsed) === undefined) {
        const name = shown === text ? alias.source : "…";
        problems.push(at(alias.range?.[0] ?? 0, unknownAlias(name)));
      }
    },
    Pair: (_, pair) => {
      const key = pair.key as Node;
      if (isMerge(pair) && !mergedMaps(parsed, pair).every(isMap)) problems.push(at(key.range?.[0] ?? 0, badMerge));
    },
  });
  if (problems.length > errors.length + parsed.warnings.length) return { problems };
  if (parsed.errors.some(({ code }) => code !== "DUPLICATE_KEY")) return { problems };
  if (isNothing(parsed)) {
    const fix = "Begin with one of the files in examples/.";
    return { problems: [...problems, at(0, { found: "an empty file", allowed: `a ${kind} file`, fix })] };
  }
  try {
    return { document: new YamlDocument(file, parsed, lines), problems };
  } catch (error) {
    // Aliases unfold here, a few lines to billions of them where somebody means harm.
    if (!(error instanceof ReferenceError)) throw error;
    const words = { found: "aliases that unfold to an enormous document", allowed: "few aliases of aliases" };
    return { problems: [...problems, at(0, { ...words, fix: "Write the values out." })] };
  }
}

/** A quote that is never closed swallows the rest of the file; what is wrong is where it opens. */
function openingQuote(parsed: Document.Parsed, error: YAMLError): number | undefined {
  if (error.code !== "MISSING_CHAR" || !/quote/i.test(error.message)) return undefined;
  let start: number | undefined;
  visit(parsed, {
    Scalar: (_, { type, range }) => {
      const quoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
      if (quoted && range && range[0] <= error.pos[0] && range[1] >= error.pos[0]) start = range[0];
    },
  });
  return start;
}

/** A bracket that is never closed is noticed lines later, too; the innermost that is still open there is meant. */
function openingBracket(parsed: Document.Parsed, error: YAMLError, text: string): number | undefined {
  const bracket = unclosedBracket(error);
  if (bracket === undefined) return undefined;
  let start: number | undefined;
  visit(parsed, {
    Collection: (_, { flow, range }) => {
      if (flow !== true || !range || text.charAt(range[0]) !== bracket.opens) return;
      const closed = text.charAt(range[1] - 1) === bracket.closes && range[1] <= error.pos[0];
      if (!closed && range[0] < error.pos[0]) start = range[0];
    },
  });
  return start;
}

/** The nodes passed on the way along a path, as far as it exists. */
interface Found {
  readonly node: Node;
  readonly key: Node | undefined;
  readonly complete: boolean;
}

class YamlDocument implements SourceDocument {
  readonly value: unknown;

  constructor(
    readonly file: string,
    private readonly parsed: Document.Parsed,
    private readonly lines: LineCounter,
  ) {
    this.value = parsed.toJS() as unknown;
  }

  written(path: Path): string | undefined {
    const found = this.find(path);
    const node = found?.complete === true ? this.resolve(found.node) : undefined;
    return isScalar(node) ? (node.source ?? undefined) : undefined;
  }

  place(path: Path, part: "key" | "value"): Place {
    const found = this.find(path);
    if (found === undefined) return { line: 1, column: 1 };
    const { node, key, complete } = found;
    const atKey = key !== undefined && ((part === "key" && complete) || isEmpty(node) || isBlock(node));
    return this.position(atKey ? key : node);
  }

  private position(node: Node): Place {
    const { line, col } = this.lines.linePos(node.range?.[0] ?? 0);
    return { line, column: col };
  }

  private resolve(node: Node): Node | undefined {
    return isAlias(node) ? node.resolve(this.parsed) : node;
  }

  private find(path: Path): Found | undefined {
    const root = this.parsed.contents;
    if (root === null) return undefined;
    let found: Found = { node: root, key: undefined, complete: true };
    for (const step of path) {
      const next = this.step(found.node, step);
      if (next === undefined) return { ...found, complete: false };
      found = next;
    }
    return found;
  }

  private step(from: Node, step: string | number): Found | undefined {
    const node = this.resolve(from);
    if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (isPair(item)) return undefined;
      return item === undefined || item === null ? undefined : { node: item as Node, key: undefined, complete: true };
    }
    if (!isMap(node)) return undefined;
    const pair = this.pairOf(node, String(step), 0);
    if (pair === undefined) return undefined;
    const key = pair.key as Node;
    return { node: (pair.value as Node | null) ?? key, key, complete: true };
  }

  /** The last pair of that key, as YAML's value has it; a key of the mapping itself goes before merged ones. */
  private pairOf(map: YAMLMap, key: string, depth: number): Pair | undefined {
    const own = map.items.findLast((pair) => !isMerge(pair) && keyText(pair) === key);
    if (own !== undefined || depth > 20) return own;
    for (const pair of map.items.filter(isMerge)) {
      for (const merged of mergedMaps(this.parsed, pair)) {
        const found = isMap(merged) ? this.pairOf(merged, key, depth + 1) : undefined;
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

/** A key as the plain value has it: there every key is a text. */
function keyText(pair: Pair): string {
  return isScalar<unknown>(pair.key) && typeof pair.key.value !== "object"
    ? `${pair.key.value as string | number}`
    : String(pair.key);
}

function isMerge(pair: Pair): boolean {
  if (!isScalar(pair.key)) return false;
  return typeof pair.key.value === "symbol" || (pair.key.value === "<<" && pair.key.type === "PLAIN");
}

/** What a merge key merges: a mapping, or a list of them. */
function mergedMaps(parsed: Document.Parsed, { value }: Pair): unknown[] {
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(parsed) : node);
  const source = resolve(value);
  return isSeq(source) ? source.items.map(resolve) : [source];
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

function isBlock(node: Node): boolean {
  return isCollection(node) && node.flow !== true;
}
