import * as kubernetes from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Provider } from "@pulumi/kubernetes/provider";
import { ComponentResource, getStack, output, secret, type ComponentResourceOptions } from "@pulumi/pulumi";
import { masked, recordedGraphSchema } from "../../lib/preview/graph";
import { record } from "../../lib/preview/record";

const identity = { project: "project", stack: "stack" };
const urn = (types: string, name: string) => `urn:pulumi:stack::project::${types}::${name}`;
const configMap = "kubernetes:core/v1:ConfigMap";

class Part extends ComponentResource {
  constructor(type: string, name: string, options?: ComponentResourceOptions) {
    super(type, name, {}, options);
  }
}

test("URNs are the engine's: types of all parents in a chain, and the stack counts for none", async () => {
  const { resources } = await record(() => {
    const outer = new Part("test:outer:Outer", "outer");
    const inner = new Part("test:inner:Inner", "inner", { parent: outer });
    new kubernetes.ConfigMap("map", {}, { parent: inner });
    new kubernetes.ConfigMap("a:b::c", {});
  }, identity);
  expect(resources.map((one) => one.urn)).toEqual([
    urn(configMap, "a:b::c"),
    urn("pulumi:pulumi:Stack", "project-stack"),
    urn(`test:outer:Outer$test:inner:Inner$${configMap}`, "map"),
    urn("test:outer:Outer$test:inner:Inner", "inner"),
    urn("test:outer:Outer", "outer"),
  ]);
  expect(resources.map((one) => one.parent)).toEqual([
    urn("pulumi:pulumi:Stack", "project-stack"),
    undefined,
    urn("test:outer:Outer$test:inner:Inner", "inner"),
    urn("test:outer:Outer", "outer"),
    urn("pulumi:pulumi:Stack", "project-stack"),
  ]);
});

test("options are kept: protection, what is passed over, the provider, what comes before", async () => {
  const graph = await record(() => {
    const provider = new Provider("cluster", { context: "here" });
    const first = new kubernetes.ConfigMap("first", {}, { provider });
    new kubernetes.ConfigMap(
      "second",
      { data: { first: first.metadata.name } },
      { provider, protect: true, retainOnDelete: true, deleteBeforeReplace: true, ignoreChanges: ["data"] },
    );
    return { told: "as it is", kept: secret("s3cr3t") };
  }, identity);
  expect(graph.resources.find(({ name }) => name === "second")).toMatchObject({
    custom: true,
    provider: urn("pulumi:providers:kubernetes", "cluster"),
    dependencies: [urn(configMap, "first")],
    protect: true,
    retainOnDelete: true,
    deleteBeforeReplace: true,
    ignoreChanges: ["data"],
  });
  expect(graph.outputs).toEqual({ told: "as it is", kept: masked });
  expect(recordedGraphSchema.parse(graph)).toEqual(graph);
});

test("no secret is recorded: not of a Secret, not one that was marked, not one within another value", async () => {
  const { resources } = await record(() => {
    new Secret("secret", { data: { a: "s3cr3t" }, stringData: { b: output("s3cr3t") } });
    new kubernetes.ConfigMap("map", { data: { marked: secret("s3cr3t"), plain: "told" } });
    new kubernetes.ConfigMap("list", { metadata: { finalizers: [secret("s3cr3t"), "told"] } });
  }, identity);
  expect(JSON.stringify(resources)).not.toContain("s3cr3t");
  const inputs = (name: string) => resources.find((one) => one.name === name)?.inputs;
  expect(inputs("secret")).toMatchObject({ data: masked, stringData: masked });
  expect(inputs("map")).toMatchObject({ data: { marked: masked, plain: "told" } });
  expect(inputs("list")).toMatchObject({ metadata: { finalizers: [masked, "told"] } });
});

test("former identities are URNs: a former name, a former parent, and what follows for children", async () => {
  const { resources } = await record(() => {
    const renamed = new Part("test:part:Part", "new", { aliases: [{ name: "old" }] });
    new kubernetes.ConfigMap("new-map", {}, { parent: renamed });
    new kubernetes.ConfigMap(
      "moved",
      {},
      { parent: renamed, aliases: [{ parent: urn("pulumi:pulumi:Stack", "project-stack") }] },
    );
    new kubernetes.ConfigMap("written", {}, { aliases: [urn(configMap, "other")] });
  }, identity);
  const aliases = (name: string) => resources.find((one) => one.name === name)?.aliases;
  expect(aliases("new")).toEqual([urn("test:part:Part", "old")]);
  expect(aliases("new-map")).toEqual([urn(`test:part:Part$${configMap}`, "old-map")]);
  expect(aliases("moved")).toContain(urn(configMap, "moved"));
  expect(aliases("written")).toEqual([urn(configMap, "other")]);
});

test("recordings that are asked for at once do not disturb each other", async () => {
  const program = (count: number) => async () => {
    for (let n = 0; n < count; n++) {
      new kubernetes.ConfigMap(`${getStack()}-${n}`, {});
      await Promise.resolve();
    }
    return { stack: getStack() };
  };
  const graphs = await Promise.all(
    [1, 5, 3].map((count) => record(program(count), { project: "project", stack: `stack${count}` })),
  );
  for (const [index, count] of [1, 5, 3].entries()) {
    const names = graphs[index]?.resources.filter(({ custom }) => custom).map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: count }, (_, n) => `stack${count}-${n}`));
    expect(graphs[index]?.outputs).toEqual({ stack: `stack${count}` });
  }
});

test("what a program throws is thrown, and the next recording is none the worse for it", async () => {
  const broken = record(() => {
    new kubernetes.ConfigMap("left", {});
    throw new RangeError("no such topology");
  }, identity);
  const next = record(() => void new kubernetes.ConfigMap("right", {}), identity);
  await expect(broken).rejects.toThrow(new RangeError("no such topology"));
  expect((await next).resources.map(({ name }) => name)).toEqual(["right", "project-stack"]);
  expect(Error.stackTraceLimit).toBeGreaterThan(0);
});
