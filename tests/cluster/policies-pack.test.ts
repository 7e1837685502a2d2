/** The policies as the real Pulumi engine judges by them, through the policy pack. */
import type { KubernetesObject } from "@kubernetes/client-node";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { KubeObject } from "../../lib/constructs/manifests";
import { packConfig } from "../../policies/pack/config";
import { exampleRows, registeredOf, type PolicyExample, type Registered } from "../support/policy-examples";
import { dryRunCreate, sharedSandbox, type Cluster } from "./support/cluster";
import { NetworkStack } from "./support/network-stack";
import { packFolder, TestStack, writeProgram } from "./support/stack";

jest.setTimeout(600_000);

let engine: TestStack;
beforeAll(async () => {
  engine = await TestStack.make(rendersGivenObjects);
}, 60 * 60_000);
afterAll(() => engine.remove());

/** A violation as `pulumi policy analyze --json` tells it. */
interface PolicyEvent {
  readonly resourceUrn: string;
  readonly policyName: string;
  readonly enforcementLevel: string;
  readonly message: string;
}

/** What the engine says of resources under the pack, as if they were a stack's. */
async function analyse(name: string, resources: readonly Registered[]): Promise<readonly PolicyEvent[]> {
  const urn = (type: string, called: string) => `urn:pulumi:dev::policies::${type}::${called}`;
  const root = "pulumi:pulumi:Stack";
  const state = [
    { urn: urn(root, "policies-dev"), custom: false, type: root },
    ...resources.map(({ type, name: called, inputs }) => ({
      urn: urn(type, called),
      custom: true,
      id: called,
      type,
      inputs,
      outputs: inputs,
    })),
  ];
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  const file = join(engine.folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, resources: state } }));
  const { output } = await engine.run(["policy", "analyze", "--file", file, "--policy-pack", packFolder, "--json"]);
  return output.split("\n").flatMap((line) => {
    const event = line.startsWith("{") ? (JSON.parse(line) as { policyEvent?: PolicyEvent }).policyEvent : undefined;
    return event === undefined ? [] : [event];
  });
}

/** Rules that count over all sites: their examples cannot stand beside others. */
const counts = ({ rule }: PolicyExample): boolean =>
  rule.domain === "consensus" || rule.id === "disruption-quorum-over-namespaces";
const isAlone = ([, example]: (typeof exampleRows)[number]) => example.rule.scope === "stack" && counts(example);

describe("rules over objects, resources and sites", () => {
  /** All examples in one stack, each on a site of its own. */
  const siteOf = ({ rule, which }: PolicyExample) => `${rule.id}-${which}`;
  const beside = exampleRows.filter((row) => !isAlone(row));
  let events: readonly PolicyEvent[] = [];
  beforeAll(async () => {
    const all = beside.flatMap(([, example]) =>
      registeredOf(example).map((one) => ({ ...one, name: `${siteOf(example)}:${one.name.replace(/^city:/, "")}` })),
    );
    events = await analyse("beside", all);
    expect(events.length).toBeGreaterThan(0);
  });

  test.each(beside)("%s: the engine says the same", (_, example) => {
    const { rule, broken } = example;
    const said = events.filter(
      ({ policyName, resourceUrn }) => policyName === rule.id && resourceUrn.includes(`::${siteOf(example)}:`),
    );
    expect(said.length > 0).toBe(broken);
    for (const { message, enforcementLevel } of said) {
      expect(message).toContain(`${rule.title}.`);
      expect(enforcementLevel).toBe(rule.severity);
    }
  });
});

describe("rules that count over all sites", () => {
  test.each(exampleRows.filter(isAlone))("%s: the engine says the same", async (name, example) => {
    const { rule, which, broken } = example;
    const said = await analyse(`${rule.id}-${which}`, registeredOf(example));
    expect([name, said.some(({ policyName }) => policyName === rule.id)]).toEqual([name, broken]);
  });
});

describe("a network in the sandbox", () => {
  let cluster: Cluster;
  let stack: NetworkStack;
  beforeAll(async () => {
    cluster = await sharedSandbox();
    stack = await NetworkStack.make(cluster, "examples/minimal/network.yaml");
  }, 60 * 60_000);
  afterAll(() => stack.remove());

  test("passes, and is told its advisory findings", async () => {
    const { exit, output } = await stack.underPack("preview");
    expect(output).toContain("fabric-topologies@v0.1.0");
    expect(output).toContain("[advisory]");
    expect(output).not.toContain("[mandatory]");
    expect(exit).toBe(0);
  });

  test("is made with its policies in force, pods and all, and the same again changes nothing", async () => {
    const { objects } = stack.manifests();
    // The stack, the site and the provider are resources too.
    expect(await stack.succeeds()).toEqual({ created: objects.length + 3 });
    expect(await stack.succeeds()).toEqual({ unchanged: objects.length + 3 });
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "open", namespace: "minimal-org1" } };
    const spec = { type: "LoadBalancer", ports: [{ name: "grpc", port: 7051 }] };
    const { code, message } = await dryRunCreate(cluster.config, { ...service, spec } as KubernetesObject);
    expect([code, message]).toEqual([422, expect.stringContaining("(policy exposure-inside-only)")]);
  });
});

describe("a program that synthesis has not judged", () => {
  const namespace = "bare-amber";
  const labels = { "fabric-topologies.dev/network": "bare", "fabric-topologies.dev/organisation": "amber" };
  const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name, labels, ...(kind === "Namespace" ? {} : { namespace }) },
    ...rest,
  });
  const open = object("v1", "Service", "open", { spec: { type: "NodePort", ports: [{ name: "grpc", port: 7051 }] } });
  const good = [object("v1", "Namespace", namespace), object("v1", "ConfigMap", "one")];
  const asks = (objects: readonly KubeObject[]) =>
    writeFileSync(join(engine.folder, "objects.json"), JSON.stringify(objects));
  const made = () => existsSync(join(engine.folder, "rendered"));
  const under = (command: "preview" | "up", config: object) => {
    const file = join(engine.folder, "config.json");
    writeFileSync(file, JSON.stringify(config));
    const pack = ["--policy-pack", packFolder, "--policy-pack-config", file];
    return engine.run([command, ...(command === "up" ? ["--yes"] : []), ...pack]);
  };

  test("is stopped before anything is made, with the rule's title", async () => {
    asks([...good, open]);
    const { exit, output } = await under("up", {});
    expect(output).toContain("[mandatory]  exposure-inside-only");
    expect(output).toContain("No Service but a gateway is open to the world.");
    expect([exit === 0, made()]).toEqual([false, false]);
  });

  test("is stopped before anything is made by a rule over the whole stack, too", async () => {
    const template = { metadata: { labels }, spec: { containers: [{ name: "peer", image: "example/peer:1" }] } };
    const spec = { replicas: 0, serviceName: "none", selector: { matchLabels: labels }, template };
    asks([...good, object("apps/v1", "StatefulSet", "peer", { spec })]);
    const { exit, output } = await under("up", { all: "disabled", "names-headless-service": "mandatory" });
    expect(output).toContain("[mandatory]  names-headless-service");
    expect([exit === 0, made()]).toEqual([false, false]);
  });

  test("passes where its network file waives what it breaks, and only there", async () => {
    asks([...good, open]);
    const waiver = { owner: "platform team", reason: "It is being replaced.", expires: "2999-12-31" };
    const whole = { ...waiver, policy: "pods-restricted-namespace" };
    const waived = (name: string) =>
      packConfig(
        [whole, { ...waiver, policy: "exposure-inside-only", object: `Service/${namespace}/${name}` }],
        "2026-06-15",
      );
    const other = await under("up", waived("other"));
    expect(other.output).toContain("[mandatory]  exposure-inside-only");
    expect(other.exit).not.toBe(0);
    expect(made()).toBe(false);
    const passed = await under("up", waived("open"));
    expect(passed.output).not.toContain("[mandatory]");
    expect([passed.exit, made()]).toEqual([0, true]);
  });
});

/** A program that asks for the objects of `objects.json`, and would write them to a folder in place of a cluster. */
function rendersGivenObjects(folder: string): void {
  writeProgram(folder, [
    `import { readFileSync } from "node:fs";`,
    `import { Provider } from "@pulumi/kubernetes/provider";`,
    `import { resourceClass } from ${JSON.stringify(resolve("lib/deploy/kinds"))};`,
    `const provider = new Provider("rendering", { renderYamlToDirectory: "rendered" });`,
    `for (const object of JSON.parse(readFileSync("objects.json", "utf8"))) {`,
    `  const { kind, metadata: { namespace, name } } = object;`,
    `  new (resourceClass(object))(["city:" + kind, namespace, name].filter(Boolean).join("/"), object as never, { provider });`,
    `}`,
  ]);
}
