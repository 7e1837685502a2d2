/** A preview is printed as JSON without ever being one text. */
import fc from "fast-check";
import { jsonPieces } from "../../../lib/preview/json-pieces";

test("together they are what JSON.stringify writes, whatever the value and however deep it is taken apart", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(5), (value, levels) => {
      expect([...jsonPieces(value, levels)].join("")).toBe(JSON.stringify(value, undefined, 2));
    }),
  );
});

test("what is not set is left out, as JSON.stringify does", () => {
  const value = { set: { a: 1, b: undefined }, not: undefined, list: [{ a: undefined }] };
  expect([...jsonPieces(value)].join("")).toBe(JSON.stringify(value, undefined, 2));
});

test("no piece is much longer than the longest resource", () => {
  const resources = Array.from({ length: 100 }, (_, index) => ({
    urn: `urn-${index}`,
    inputs: { text: "x".repeat(1000) },
  }));
  const longest = Math.max(...[...jsonPieces({ graph: { resources } })].map(({ length }) => length));
  expect(longest).toBeLessThan(1200);
});
