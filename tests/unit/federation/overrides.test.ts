import fc from "fast-check";
import type { Json, KubeObject } from "../../../lib/constructs/manifests";
import { checkOverride } from "../../../lib/federation/overrides";
import { difference, patched, pointerTo, stepsOf, type Operation } from "../../../lib/federation/patch";
import type { NonEmpty } from "../../../lib/federation/propagation";

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

test("the difference of two documents makes the one of the other", () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      expect(patched(from, difference(from, to))).toEqual(to);
    }),
  );
});

test("a difference names each path once, none below another, and nothing where there is none", () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const paths = difference(from, to).map(({ path }) => path);
      for (const path of paths) expect(paths.filter((one) => `${one}/`.startsWith(`${path}/`))).toHaveLength(1);
      expect(difference(to, to)).toEqual([]);
    }),
  );
});

test("a pointer says any keys", () => {
  fc.assert(fc.property(fc.array(fc.string()), (steps) => expect(stepsOf(pointerTo(steps))).toEqual(steps)));
});

const template: KubeObject = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "peer", namespace: "net", labels: {} },
  spec: { replicas: 1, serviceName: "peer", template: { spec: { containers: [{ name: "peer", image: "one" }] } } },
};
const said = (...operations: NonEmpty<Operation>) =>
  checkOverride(template, { member: "aws-prod", operations }).map(({ found }) => found);
const set = (path: string, op: "add" | "replace" = "replace"): Operation => ({ op, path, value: "x" });

test("what can be said is said: another image, a label more", () => {
  expect(said(set("/spec/template/spec/containers/0/image"), set("/metadata/labels/tier", "add"))).toEqual([]);
});

test.each(["/kind", "/apiVersion", "/metadata/name", "/metadata/namespace", "/metadata/generateName", "/metadata"])(
  "an override of %s would be another object",
  (path) => expect(said(set(path))).toEqual([`an override of ${path} for aws-prod, which says what the object is`]),
);

test.each(["/spec/serviceName", "/spec/volumeClaimTemplates", "/spec/selector/matchLabels/app", "/spec"])(
  "an override of %s would fail for ever once it changes",
  (path) => expect(said(set(path, "add"))).toEqual([expect.stringContaining("is fixed when a StatefulSet is made")]),
);

test("a path whose parent is missing is told, with what to say instead", () => {
  const findings = checkOverride(template, { member: "aws-prod", operations: [set("/metadata/annotations/a", "add")] });
  expect(findings).toMatchObject([
    {
      found: "an override of /metadata/annotations/a for aws-prod that leads nowhere (add)",
      fix: 'say "/metadata/annotations" as a whole',
    },
  ]);
  expect(said(set("/spec/paused"))).toEqual(["an override of /spec/paused for aws-prod that leads nowhere (replace)"]);
});

test("a path may be said once for a member", () => {
  expect(said(set("/spec/replicas"), set("/spec/replicas"))).toEqual([
    "an override of /spec/replicas for aws-prod, twice",
  ]);
});
