import * as fc from "fast-check";
import { parse } from "yaml";
import { yamlText } from "../../../lib/preview/report/browser/yaml";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "yes",
    "null",
    "~",
    "- a",
    "a: b",
    "#x",
    "1e3",
    "0x1f",
    "2024-01-01",
    "a\n",
    "\na",
    "a\n\n",
    " a\nb",
    "a\n\nb\n",
    "{}",
  ),
  fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }).map((lines) => lines.join("\n")),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }).map((entries) => ({ ...entries })),
  ),
}));

test("inputs as YAML are read back as they were, whatever they hold", () => {
  fc.assert(
    fc.property(value, (held) => {
      expect(parse(yamlText(held), { uniqueKeys: false })).toEqual(held);
    }),
    { numRuns: 500 },
  );
});

test("they read as people write Kubernetes objects", () => {
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "core", labels: { "app.kubernetes.io/part-of": "trade" } },
    data: { "core.yaml": "peer:\n  id: x\n", empty: "" },
    list: [{ port: 7051, name: "grpc" }, [], "on"],
  };
  expect(yamlText(object)).toBe(
    `apiVersion: v1
kind: ConfigMap
metadata:
  name: core
  labels:
    app.kubernetes.io/part-of: trade
data:
  core.yaml: |
    peer:
      id: x
  empty: ""
list:
  - port: 7051
    name: grpc
  - []
  - "on"
`,
  );
});
