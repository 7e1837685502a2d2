import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { InvalidInput, type Problem } from "../../lib/spec/problem";
import type { SourceDocument } from "../../lib/spec/source/document";
import { readFileText, statFault } from "../../lib/spec/source/file-text";
import { readYamlStream } from "../../lib/spec/source/yaml-document";

/**
 * The documents of manifest files, and of every .yaml, .yml and .json file in folders and below.
 * @throws InvalidInput with every problem of their letters
 */
export function readManifests(paths: readonly string[]): SourceDocument[] {
  const problems: Problem[] = [];
  const documents = paths.flatMap(filesBelow).flatMap((file) => {
    const read = readFileText(file);
    if ("fault" in read) {
      problems.push({ document: "manifest", path: [], ...read.fault, file, line: 1, column: 1 });
      return [];
    }
    return readYamlStream(read.text, file, "manifest").flatMap(({ document, problems: found }) => {
      problems.push(...found);
      return document === undefined ? [] : [document];
    });
  });
  if (problems.length > 0) throw new InvalidInput(problems);
  return documents;
}

function filesBelow(path: string): string[] {
  if (statFault(path)?.found !== "a folder") return [path];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .flatMap((inner) =>
      statSync(inner).isDirectory() ? filesBelow(inner) : /\.(ya?ml|json)$/.test(inner) ? [inner] : [],
    );
}
