/** One value, several who judge by it: here those that need nothing but this process. */
import { CustomResource } from "@pulumi/pulumi";
import { record } from "../../../lib/preview/record";
import { rules } from "../../../policies/all";
import { objectIn, stackOf } from "../../../policies/recorded";
import { checkStack, objectOf } from "../../../policies/run";
import { example } from "../../../scripts/pages/examples";
import { recordExample } from "../../graph/support/examples";
import { brokenAtSynthesis, brokenIn, exampleRows, registeredOf } from "../../support/policy-examples";

/** A resource of whatever type. */
class AnyResource extends CustomResource {}

const identity = { project: "policies", stack: "example" };

test.each(exampleRows)("%s: the same at synthesis and on the recorded graph", async (_, example) => {
  expect(brokenAtSynthesis(example)).toBe(example.broken);
  const { resources } = await record(() => {
    for (const { type, name, inputs } of registeredOf(example)) new AnyResource(type, name, inputs);
  }, identity);
  expect(brokenIn(example.rule, resources)).toBe(example.broken);
});

describe.each(["minimal", "trade-finance"] as const)("the recorded graph of %s", (name) => {
  const told = (findings: ReturnType<typeof checkStack>) =>
    findings.map(({ rule, found, ...of }) => `${rule.id}: ${objectOf(of)}: ${found}`).sort();

  test("is judged as the objects are, masked as its secrets are", async () => {
    const plan = example(name);
    const graph = await recordExample(name);
    const { placement } = plan;
    expect(told(checkStack(rules, { ...stackOf(graph.resources), placement }))).toEqual(
      told(checkStack(rules, { sites: plan.synthesise(), placement })),
    );
  });
});

test("what Pulumi's own secrets hide is not taken for missing", () => {
  const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "peer-config" }, data: "[secret]" };
  const resources = [{ type: "kubernetes:core/v1:ConfigMap", name: "city:ConfigMap/trade-amber/peer-config", inputs }];
  const about = ["identity-no-key-in-configmap", "identity-tls-everywhere", "identity-mutual-tls"];
  const findings = checkStack(
    rules.filter(({ id }) => about.includes(id)),
    stackOf(resources),
  );
  expect(findings).toEqual([]);
});

test("a name that Pulumi makes up is no name", () => {
  const metadata = { name: "peer-svc-8f2c1d0a", annotations: { "pulumi.com/autonamed": "true" } };
  const seen = { type: "kubernetes:core/v1:Service", name: "peer-svc", inputs: { apiVersion: "v1", kind: "Service" } };
  const resources = [{ ...seen, inputs: { ...seen.inputs, metadata } }];
  expect(objectIn(resources[0]!)?.metadata.name).toBe("");
  const ids = checkStack(rules, stackOf(resources)).map(({ rule }) => rule.id);
  expect(ids).toContain("names-given");
});

test("components, providers and the stack itself are neither objects nor resources of a cloud", () => {
  const types = [
    "pulumi:pulumi:Stack",
    "pulumi:providers:kubernetes",
    "pulumi:providers:aws",
    "fabric:topologies:Site",
  ];
  const resources = types.map((type) => ({ type, name: "city", inputs: {} }));
  expect(stackOf(resources)).toEqual({ sites: [], resources: [] });
});
