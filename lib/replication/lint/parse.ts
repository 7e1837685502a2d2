/** A word of a resource file, and the line that it stands in, counted from 1. */
export interface Word {
  readonly text: string;
  readonly line: number;
}

/** `al-extents 1237;`, or `net { … }` with what is in it. */
export interface Statement {
  readonly words: readonly Word[];
  readonly line: number;
  /** Undefined where it ends with `;`. */
  readonly inner?: readonly Statement[];
}

/**
 * Reads a file of DRBD's configuration into statements and sections, whatever their names: `drbdadm` knows the grammar, and
 * what it refuses we need not. A missing brace or semicolon ends what it is missing for.
 */
export function readResourceFile(text: string): readonly Statement[] {
  const tokens = [...wordsIn(text)];
  let at = 0;
  const block = (): Statement[] => {
    const statements: Statement[] = [];
    let words: Word[] = [];
    const end = (inner?: readonly Statement[]) => {
      const [first] = words;
      if (first !== undefined) statements.push({ words, line: first.line, ...(inner === undefined ? {} : { inner }) });
      words = [];
    };
    while (at < tokens.length) {
      const token = tokens[at++]!;
      if (token.mark === "}") break;
      if (token.mark === ";") end();
      else if (token.mark === "{") end(block());
      else words.push(token);
    }
    end();
    return statements;
  };
  const all: Statement[] = [];
  while (at < tokens.length) all.push(...block());
  return all;
}

interface Token extends Word {
  readonly mark?: "{" | "}" | ";";
}

function* wordsIn(text: string): Generator<Token> {
  for (const [index, content] of text.split("\n").entries()) {
    for (const match of content.matchAll(/#.*$|"([^"]*)"|[{};]|[^\s{};"#]+/g)) {
      const [token, quoted] = match;
      if (token.startsWith("#")) continue;
      if (token === "{" || token === "}" || token === ";") yield { text: token, line: index + 1, mark: token };
      else yield { text: quoted ?? token, line: index + 1 };
    }
  }
}

/** What stands behind an option in a section: `1237` of `al-extents 1237;`. */
export function optionIn(section: readonly Statement[], name: string): Word | undefined {
  const found = section.find(({ words, inner }) => inner === undefined && words[0]?.text === name);
  return found === undefined ? undefined : (found.words[1] ?? { text: "", line: found.line });
}

/** Sections of a name: all `connection`s of a resource. */
export const sectionsIn = (statements: readonly Statement[], name: string): readonly Statement[] =>
  statements.filter(({ words, inner }) => inner !== undefined && words[0]?.text === name);

/** The options of a section of that name, over all sections of that name: DRBD reads them as one. */
export const optionsIn = (statements: readonly Statement[], name: string): readonly Statement[] =>
  sectionsIn(statements, name).flatMap(({ inner }) => inner ?? []);
