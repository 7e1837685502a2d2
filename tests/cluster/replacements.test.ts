/** What the preview of a change calls replaced, the real engine replaces, and nothing else. */
import { cpSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { KubeObject } from "../../lib/constructs/manifests";
import { asApplied, protection } from "../../lib/deploy/protection";
import { providerArguments } from "../../lib/deploy/site";
import type { SiteAccess } from "../../lib/deploy/site-access";
import { replacementOf } from "../../lib/preview/diff/replacement";
import { previewArguments } from "../../lib/preview/engine/told";
import { createNamespace, deleteNamespace, sharedSandbox, type Cluster } from "./support/cluster";
import { rows, type Row } from "./support/replacement-rows";
import { TestStack, writeProgram } from "./support/stack";

jest.setTimeout(10 * 60_000);

let cluster: Cluster;
let stack: TestStack;
let namespace: string;

beforeAll(async () => {
  cluster = await sharedSandbox();
  namespace = await createNamespace(cluster.config);
  stack = await TestStack.make(makesGivenObjects);
  ask([]);
  await stack.succeed("up", "--yes", "--skip-preview");
}, 60 * 60_000);
afterAll(async () => {
  await deleteNamespace(cluster.config, namespace);
  stack.remove();
});

/** What the engine would do with a resource, and which fields make that a replacement. */
interface Planned {
  readonly type: string;
  readonly operations: readonly string[];
  readonly because: readonly string[];
}

describe("of a change, the engine says what the offline preview says", () => {
  const planned = new Map<string, Planned>();

  beforeAll(async () => {
    // Where the API server refuses what would be a replacement, the engine tells of that and ends; the others are asked again.
    for (let left = Object.keys(rows); left.length > 0;) {
      ask(left);
      const told = [...(await preview())].filter(([name]) => left.includes(name));
      if (told.length === 0) throw new Error(`the engine says nothing of ${left.join(", ")}`);
      for (const [name, plan] of told) planned.set(name, plan);
      left = left.filter((name) => !planned.has(name));
    }
  });

  test.each(Object.keys(rows))("%s", (name) => {
    const { type = "", operations = [], because = [] } = planned.get(name) ?? {};
    const [before, after] = [inputsOf(name, false), inputsOf(name, true)];
    const expected = replacementOf(type, before, after, optionsOf(name).ignoreChanges);
    expect([name, operations.some((one) => /replace/.test(one))]).toEqual([name, expected.length > 0]);
    // The engine names leaves, such as spec.selector.matchLabels.app.
    const below = (field: string) =>
      expected.filter((path) => field === path || /^[.[]/.test(field.slice(path.length)));
    expect(because.filter((field) => below(field).length === 0)).toEqual([]);
    expect(new Set(because.flatMap(below))).toEqual(new Set(expected));
  });

  test("the rows are replacements and changes in place alike", () => {
    const replaced = Object.keys(rows).filter((name) => planned.get(name)?.operations.includes("replace"));
    expect(replaced.length).toBeGreaterThanOrEqual(15);
    expect(Object.keys(rows).length - replaced.length).toBeGreaterThanOrEqual(12);
  });
});

describe("a provider", () => {
  const provider = (of: ReadonlyMap<string, Planned>) => of.get("cluster")?.operations;

  test("of another cluster is replaced, and with it every object", async () => {
    ask([], { name: "another" });
    const planned = await preview();
    const replaced = [...planned].filter(([, { operations }]) => operations.includes("replace")).map(([name]) => name);
    expect(replaced.sort()).toEqual(["cluster", ...Object.keys(rows)].sort());
    const [before, after] = ["cluster", "another"].map((clusterIdentifier) => ({ clusterIdentifier }));
    expect(replacementOf(planned.get("cluster")?.type ?? "", before ?? {}, after ?? {})).toEqual(
      planned.get("cluster")?.because,
    );
  });

  test("of the same cluster is changed in place where its kubeconfig moves, and every object stays", async () => {
    const kubeconfig = join(stack.folder, "moved");
    cpSync(cluster.sandbox.kubeconfig, kubeconfig);
    ask([], { kubeconfig });
    const planned = await preview();
    expect(provider(planned)).toEqual(["update"]);
    expect(Object.keys(rows).map((name) => [name, planned.get(name)?.operations])).toEqual(
      Object.keys(rows).map((name) => [name, ["same"]]),
    );
    const [before, after] = [access(), access({ kubeconfig })].map((one) => ({ ...providerArguments(one) }));
    expect(replacementOf(planned.get("cluster")?.type ?? "", before ?? {}, after ?? {})).toEqual([]);
  });
});

/** A project whose program makes the objects of a file, by the provider and the classes of ours. */
function makesGivenObjects(folder: string): void {
  writeProgram(folder, [
    `import { readFileSync } from "node:fs";`,
    `import { Provider } from "@pulumi/kubernetes/provider";`,
    `import { resourceClass } from ${JSON.stringify(resolve("lib/deploy/kinds"))};`,
    `const asked = JSON.parse(readFileSync("asked.json", "utf8"));`,
    `const provider = new Provider("cluster", asked.provider);`,
    `const made = new Map();`,
    `for (const { name, object, options, after } of asked.objects) {`,
    `  const dependsOn = after === undefined ? [] : [made.get(after)];`,
    `  made.set(name, new (resourceClass(object) as any)(name, object, { provider, dependsOn, ...options }));`,
    `}`,
  ]);
}

const access = (other: Partial<SiteAccess> = {}): SiteAccess => ({
  name: "cluster",
  kubeconfig: cluster.sandbox.kubeconfig,
  context: "sandbox",
  ...other,
});

/** What the next commands are to make: the objects of all rows, these of them changed. */
function ask(changed: readonly string[], other: Partial<SiteAccess> = {}): void {
  const objects = Object.keys(rows).map((name) => ({
    name,
    object: inputsOf(name, changed.includes(name)),
    options: optionsOf(name),
    after: row(name).follows,
  }));
  writeFileSync(
    join(stack.folder, "asked.json"),
    JSON.stringify({ provider: providerArguments(access(other)), objects }),
  );
}

function row(name: string): Row {
  const found = rows[name];
  if (found === undefined) throw new RangeError(`no row ${name}`);
  return found;
}

function inputsOf(name: string, changed: boolean): KubeObject {
  const { apiVersion, kind, before, after } = row(name);
  const { metadata, ...rest } = (changed ? after : before) as { metadata?: object };
  const annotations = { "pulumi.com/skipAwait": "true", "pulumi.com/replaceUnready": "false" };
  return asApplied({
    apiVersion,
    kind,
    metadata: { name, namespace, labels: { app: name }, annotations, ...metadata },
    ...rest,
  });
}

function optionsOf(name: string): ReturnType<typeof protection> {
  return row(name).bare ? {} : protection(row(name));
}

const digestSchema = z.looseObject({
  steps: z.array(z.looseObject({ op: z.string(), urn: z.string(), replaceReasons: z.array(z.string()).default([]) })),
});

/** A real preview, by the names of resources. */
async function preview(): Promise<ReadonlyMap<string, Planned>> {
  const { output } = await stack.run(previewArguments.filter((argument) => argument !== "--non-interactive"));
  const { steps } = digestSchema.parse(JSON.parse(output.slice(0, output.lastIndexOf("}") + 1)));
  const told = new Map<string, Planned>();
  for (const { op, urn, replaceReasons } of steps) {
    const [, , types = "", name = ""] = urn.split("::");
    const { operations = [], because = [] } = told.get(name) ?? {};
    told.set(name, {
      type: types.slice(types.lastIndexOf("$") + 1),
      operations: [...operations, op],
      because: [...new Set([...because, ...replaceReasons])],
    });
  }
  return told;
}
