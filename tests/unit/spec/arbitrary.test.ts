import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Document, isCollection, isMap, isPair, isScalar, stringify, visit, type Node } from "yaml";
import { checkModel } from "../../../lib/placement/check";
import { loadNetwork, loadStack } from "../../../lib/spec/load";
import { InvalidInput } from "../../../lib/spec/problem";
import { arbitraryNetwork, arbitrarySettings } from "../../support/arbitrary-network";

const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Anything but a network or an InvalidInput that says something is thrown on, and fails the test. */
function survives(load: () => unknown): void {
  try {
    load();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    expect(error.problems).not.toEqual([]);
    for (const { found, allowed, fix, line, column } of error.problems) {
      expect([found, allowed, fix]).not.toContain("");
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(`${found}${allowed}${fix}`).not.toMatch(/\bundefined\b|\[object|Invalid input|NaN/);
    }
  }
}

/** One change somewhere in a document, as a tired person or a bad merge makes it. */
type Mutation = (document: Document, targets: readonly Target[]) => void;
type Target = { readonly parent: Node; readonly index: number };

const scraps = fc.constantFrom<unknown>(
  null,
  true,
  "",
  "peer0",
  "two",
  "-",
  "../..",
  "𝕏\u0000",
  -1,
  0,
  2.5,
  1e300,
  Number.NaN,
  [],
  {},
  [[]],
  { name: 3 },
  ["a", 1],
  "AND('AMSP.peer'",
  "x".repeat(300),
  { __proto__: null, constructor: 1 },
);
const place = fc.nat();
const at = (targets: readonly Target[], index: number) => targets[index % targets.length];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  place.map((n): Mutation => (_, targets) => {
    const target = at(targets, n);
    if (isCollection(target?.parent)) target.parent.items.splice(target.index, 1);
  }),
  place.map((n): Mutation => (_, targets) => {
    const target = at(targets, n);
    if (!isCollection(target?.parent)) return;
    const item = target.parent.items[target.index];
    if (item !== undefined) target.parent.items.push(item as never);
  }),
  fc.tuple(place, scraps).map(([n, scrap]): Mutation => (document, targets) => {
    const target = at(targets, n);
    if (!isCollection(target?.parent)) return;
    const item: unknown = target.parent.items[target.index];
    const node = document.createNode(scrap);
    if (isPair(item)) item.value = node;
    else if (item !== undefined) target.parent.items[target.index] = node;
  }),
  fc
    .tuple(
      place,
      fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("name", "__proto__", "<<", "peers", "toString")),
    )
    .map(([n, key]): Mutation => (document, targets) => {
      const target = at(targets, n);
      if (!isMap(target?.parent)) return;
      const pair = target.parent.items[target.index];
      if (pair !== undefined) pair.key = document.createNode(key);
    }),
);

function targetsOf(document: Document): Target[] {
  const targets: Target[] = [];
  visit(document, {
    Collection: (_, node) => {
      for (let index = 0; index < node.items.length; index += 1) targets.push({ parent: node, index });
    },
  });
  return targets;
}

describe("random documents", () => {
  test("a random valid network is valid, alone and on random valid settings", () => {
    fc.assert(
      fc.property(arbitraryNetwork, arbitrarySettings, (network, settings) => {
        const networkFile = write("network.yaml", stringify(network, { aliasDuplicateObjects: false }));
        const loaded = loadStack({ settings: write("settings.yaml", stringify(settings)), checks: [checkModel] });
        expect(loaded.network).toEqual(loadNetwork(networkFile));
        expect(loaded.network.organisations.map(({ name }) => name)).toEqual(
          network.organisations.map(({ name }) => name),
        );
      }),
      { numRuns: 25 },
    );
  });

  test("what is loaded once and written again is loaded as the same", () => {
    fc.assert(
      fc.property(arbitraryNetwork, (network) => {
        const once = loadNetwork(write("once.yaml", stringify(network)));
        expect(loadNetwork(write("twice.yaml", stringify(once)))).toEqual(once);
      }),
      { numRuns: 15 },
    );
  });

  test("a random mutation gives a network or problems, never anything else", () => {
    fc.assert(
      fc.property(arbitraryNetwork, fc.array(mutation, { minLength: 1, maxLength: 4 }), (network, mutations) => {
        const document = new Document(network, { aliasDuplicateObjects: false });
        for (const mutate of mutations) mutate(document, targetsOf(document));
        const text = document.toString();
        survives(() => loadNetwork(write("mutated.yaml", text)));
      }),
      { numRuns: 120 },
    );
  });

  test("random settings mutated beside a valid network give settings or problems", () => {
    fc.assert(
      fc.property(
        arbitraryNetwork,
        arbitrarySettings,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (network, settings, mutations) => {
          write("network.yaml", stringify(network, { aliasDuplicateObjects: false }));
          const document = new Document(settings);
          for (const mutate of mutations) mutate(document, targetsOf(document));
          survives(() =>
            loadStack({ settings: write("mutated-settings.yaml", document.toString()), checks: [checkModel] }),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test("random letters put into a valid file give a network or problems", () => {
    const scrap = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom("\t", ": ", "- ", "&a ", "*a", "{", "]", '"', "---\n", "\r", "#", "!!binary ", "? ", "\uFEFF"),
    );
    fc.assert(
      fc.property(arbitraryNetwork, fc.nat(), fc.nat({ max: 8 }), scrap, (network, where, gone, text) => {
        const valid = stringify(network);
        const start = where % valid.length;
        survives(() => loadNetwork(write("letters.yaml", valid.slice(0, start) + text + valid.slice(start + gone))));
      }),
      { numRuns: 60 },
    );
  });

  test("random bytes give problems", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        survives(() => loadNetwork(write("bytes.yaml", bytes))),
      ),
      { numRuns: 50 },
    );
  });
});

test("mutations reach every kind of node", () => {
  const document = new Document({ a: [1, { b: 2 }] });
  const kinds = targetsOf(document).map(({ parent }) =>
    isMap(parent) ? "mapping" : isScalar(parent) ? "scalar" : "list",
  );
  expect([...new Set(kinds)].sort()).toEqual(["list", "mapping"]);
});
