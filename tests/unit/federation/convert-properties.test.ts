import fc from "fast-check";
import { stringify } from "yaml";
import { byKarmada, byKubeFed, type ModelMember } from "../../support/federation/conversion-models";
import { unsaidDifferences } from "../../support/federation/conversion-differences";
import { converted, objectsIn, workloadsOf } from "../../support/federation/conversions";

const names = ["aws-prod", "gcp-staging", "third"] as const;
const labels = fc.record({ env: fc.constantFrom("prod", "staging"), cloud: fc.constantFrom("aws", "gcp") });
const members = fc
  .tuple(labels, labels, labels)
  .map((all): readonly ModelMember[] => all.map((own, index) => ({ name: names[index] ?? "", labels: own })));

const expression = fc.oneof(
  fc.record({ key: fc.constantFrom("env", "absent"), operator: fc.constantFrom("Exists", "DoesNotExist") }),
  fc.record({
    key: fc.constantFrom("env", "cloud", "absent"),
    operator: fc.constantFrom("In", "NotIn"),
    values: fc.uniqueArray(fc.constantFrom("prod", "staging", "aws"), { minLength: 1 }),
  }),
);
const clusterSelector = fc.record(
  {
    matchLabels: fc.dictionary(fc.constantFrom("env", "cloud"), fc.constantFrom("prod", "staging", "aws"), {
      maxKeys: 2,
    }),
    matchExpressions: fc.array(expression, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
/** Of every kind: names, labels, both, all, and the two ways to nowhere. */
const placement = fc.record(
  {
    clusters: fc
      .uniqueArray(fc.constantFrom(...names, "unknown"), { maxLength: 3 })
      .map((all) => all.map((name) => ({ name }))),
    clusterSelector,
  },
  { requiredKeys: [] },
);

const value = fc.constantFrom("1", "two", { nested: "3" }, ["4"], 5, false);
const path = fc.constantFrom(
  ...[
    "/data/a",
    "/data/b",
    "/data/list/0",
    "/data/list/-",
    "/data/absent/deeper",
    "/metadata/labels/x",
    "/metadata/labels",
  ],
  ...[
    "/metadata/annotations",
    "/metadata/annotations/example.com~1key",
    "/metadata/name",
    "/kind",
    "/apiVersion",
    "/data",
  ],
);
const override = fc.record(
  { op: fc.constantFrom("", "add", "remove", "replace"), path, value },
  { requiredKeys: ["path", "value"] },
);
const overrides = fc.uniqueArray(
  fc.record({ clusterName: fc.constantFrom(...names), clusterOverrides: fc.array(override, { maxLength: 3 }) }),
  { selector: ({ clusterName }) => clusterName, maxLength: 3 },
);
const metadata = fc.record(
  {
    labels: fc.dictionary(fc.constantFrom("x", "y"), fc.constantFrom("1", "2")),
    annotations: fc.dictionary(fc.constantFrom("example.com/key", "example.com/other"), fc.constantFrom("on", "off")),
  },
  { requiredKeys: [] },
);
const template = fc.record({
  metadata,
  data: fc.constantFrom<object>({}, { a: "yes", b: "0644", list: ["x", "y"] }, { a: "on" }),
});

const apiVersion = "types.kubefed.io/v1beta1";
const files = fc.record({ inNamespace: placement, placement, template, overrides }).map((all) => [
  {
    apiVersion,
    kind: "FederatedNamespace",
    metadata: { name: "trade", namespace: "trade" },
    spec: { placement: all.inNamespace },
  },
  {
    apiVersion,
    kind: "FederatedConfigMap",
    metadata: { name: "settings", namespace: "trade" },
    spec: { template: all.template, placement: all.placement, overrides: all.overrides },
  },
]);
const text = (objects: readonly object[]): string =>
  objects.map((object) => stringify(object, { version: "1.1", aliasDuplicateObjects: false })).join("---\n");

describe("for whatever manifests of KubeFed", () => {
  it("members have the same after a conversion, or the report says why not, or it is refused", () => {
    const outcomes = { same: 0, refused: 0 };
    fc.assert(
      fc.property(files, members, (objects, clusters) => {
        const manifests = text(objects);
        const conversion = converted({ "objects.yaml": manifests });
        if (conversion.problems.length > 0) {
          outcomes.refused += 1;
          return;
        }
        outcomes.same += 1;
        const before = byKubeFed(objectsIn(manifests), clusters);
        const after = byKarmada(workloadsOf(conversion), clusters);
        const news = unsaidDifferences(before.placed, after, conversion);
        // What KubeFed could not do at first, and Karmada does, is told, too.
        const mended = [...before.failed].map((key) => `${key} is new`);
        const told = conversion.changes.some(({ kubefed }) => kubefed.includes("fails"));
        expect(news.filter((line) => !(told && mended.includes(line)))).toEqual([]);
      }),
      { numRuns: 400 },
    );
    // A property that is never put to the test would hold as well.
    expect(outcomes.same).toBeGreaterThan(20);
    expect(outcomes.refused).toBeGreaterThan(20);
  });

  it("whatever goes to Karmada has a placement that is not empty", () => {
    fc.assert(
      fc.property(files, (objects) => {
        const policies = workloadsOf(converted({ "objects.yaml": text(objects) })).filter(({ kind }) =>
          kind.endsWith("PropagationPolicy"),
        );
        for (const { spec } of policies) {
          const { clusterAffinity } = (spec as { readonly placement: { readonly clusterAffinity: object } }).placement;
          expect(Object.values(clusterAffinity)).not.toEqual([]);
          expect(clusterAffinity).not.toHaveProperty("clusterNames", []);
        }
      }),
    );
  });
});
