import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas } from "../../../lib/spec/json-schema";

interface Node {
  readonly properties?: Readonly<Record<string, Node & { readonly description?: string }>>;
  readonly items?: Node;
}

/** Paths of properties that an editor could say nothing about. */
function undescribed(node: Node, path: string): string[] {
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
      // What a name is needs no words.
      ...(child.description === undefined && key !== "name" ? [`${path}.${key}`] : []),
      ...undescribed(child, `${path}.${key}`),
    ]),
    ...(node.items === undefined ? [] : undescribed(node.items, `${path}[]`)),
  ];
}

describe("the JSON schemas for editors", () => {
  test.each(Object.entries(jsonSchemas))("%s is the one of the code (else: npm run docs)", (file, text) => {
    expect(readFileSync(join(__dirname, "../../../schema", file), "utf8")).toBe(text());
  });

  test.each(Object.entries(jsonSchemas))("%s says of every key what it is", (_, text) => {
    expect(undescribed(JSON.parse(text()) as Node, "")).toEqual([]);
  });
});
