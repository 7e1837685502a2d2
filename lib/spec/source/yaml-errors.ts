import type { ErrorCode, YAMLError } from "yaml";
import { shorten } from "../words";
import type { FileFault } from "./file-text";

type Words = (error: YAMLError, text: string) => FileFault;

const fixed =
  (found: string, allowed: string, fix: string): Words =>
  () => ({ found, allowed, fix });

const words: Partial<Record<ErrorCode, Words>> = {
  TAB_AS_INDENT: fixed("a tab as indentation", "spaces", "Replace the tab by spaces."),
  DUPLICATE_KEY: (error, text) => ({
    found: `the key ${wordAt(text, error.pos[0])} a second time in one mapping`,
    allowed: "each key once",
    fix: "Keep one of the two.",
  }),
  MULTIPLE_DOCS: fixed("a second document (---)", "one document in a file", "Put it into a file of its own."),
  BAD_INDENT: (error) => {
    const bracket = unclosedBracket(error);
    if (bracket === undefined) {
      return {
        found: "a line that is indented differently from its neighbours",
        allowed: "the same indentation for all keys of a mapping and all entries of a list",
        fix: "Indent the line like its neighbours.",
      };
    }
    const { opens, closes } = bracket;
    return {
      found: `a ${opens} that is not closed`,
      allowed: `a ${closes} for each ${opens}, further to the right than the key before the ${opens}`,
      fix: `Add the ${closes}; if it is there, indent it.`,
    };
  },
  BLOCK_AS_IMPLICIT_KEY: fixed(
    "a mapping inside a key, as from a second colon or a wrong indentation",
    "one `key: value` in a line",
    'Put a text that contains ": " into quotes, and check the indentation.',
  ),
  MULTILINE_IMPLICIT_KEY: fixed(
    "a key that goes over several lines, as from a forgotten colon",
    "`key: value`",
    "Put a colon and a space after the key.",
  ),
  MISSING_CHAR: (error) => ({
    found: /quote/i.test(error.message) ? "a quote that is not closed" : "a missing colon, comma, space or quote",
    allowed: '`key: value`, `[a, b]` and `"text"`',
    fix: "Add the missing character.",
  }),
  UNEXPECTED_TOKEN: (error, text) => ({
    found: `${wordAt(text, error.pos[0])}, which means nothing here`,
    allowed: "YAML: `key: value` in each line, `- ` before each entry of a list",
    fix: "Put a text with special characters into quotes, or take the character away.",
  }),
  BAD_SCALAR_START: (error, text) => ({
    found: `a text that begins with ${text.charAt(error.pos[0])}`,
    allowed: "a text that begins with a letter, a digit or a quote",
    fix: "Put the text into quotes.",
  }),
  BAD_ALIAS: (error, text) => unknownAlias(wordAt(text, error.pos[0]).replace(/^\*/, "")),
  BAD_DQ_ESCAPE: fixed(
    "a backslash with a letter that YAML does not know",
    'escapes such as \\n and \\" between double quotes',
    "Use single quotes, in which a backslash is just a backslash.",
  ),
  RESOURCE_EXHAUSTION: fixed(
    "brackets inside brackets, hundreds deep",
    "a network or settings of a handful of levels",
    "Close the brackets, or check that this is the file you mean.",
  ),
  TAG_RESOLVE_FAILED: (error, text) => ({
    found: `the tag ${wordAt(text, error.pos[0])}`,
    allowed: "plain YAML without tags",
    fix: "Remove the tag, or put the text into quotes.",
  }),
};

/** The bracket that an error is about: the library takes one that is never closed for an indentation. */
export function unclosedBracket({ code, message }: YAMLError): { opens: "[" | "{"; closes: "]" | "}" } | undefined {
  if (code !== "BAD_INDENT") return undefined;
  if (message.startsWith("Flow sequence")) return { opens: "[", closes: "]" };
  return message.startsWith("Flow map") ? { opens: "{", closes: "}" } : undefined;
}

/** An alias of nothing. */
export function unknownAlias(name: string): FileFault {
  return {
    found: `the alias *${name}, which no anchor above it defines`,
    allowed: "an alias (*name) of an anchor (&name) that stands above it",
    fix: "Define the anchor first, or put the text into quotes.",
  };
}

/** A merge key in front of something that cannot be merged. */
export const badMerge: FileFault = {
  found: "<< with something that is no mapping",
  allowed: "an alias of a mapping: `<<: *name`",
  fix: "Write the keys out, or merge a mapping.",
};

/** A YAML library's complaint in our words: its own texts speak of tokens and flow maps. */
export function describeYamlError(error: YAMLError, text: string): FileFault {
  const known = words[error.code];
  if (known !== undefined) return known(error, text);
  return {
    found: `${wordAt(text, error.pos[0])}, which is not YAML (${error.code})`,
    allowed: "YAML: `key: value` in each line, `- ` before each entry of a list",
    fix: "Check quotes, colons and indentation around it.",
  };
}

function wordAt(text: string, offset: number): string {
  const word = /^[^\s:,]+/.exec(text.slice(offset, offset + 200))?.[0];
  return word === undefined ? `the end of the line` : shorten(word);
}
