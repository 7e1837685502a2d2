/** The policies as the real Pulumi engine judges by them, through the policy pack. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject, SiteManifests } from "../../lib/constructs/manifests";
import { packConfig } from "../../policies/pack/config";
import { exampleRows, registeredOf, type PolicyExample, type Registered } from "../support/policy-examples";
import { sharedSandbox, type Cluster } from "./support/cluster";
import { call } from "./support/request";
import { NetworkStack } from "./support/network-stack";
import { packFolder, TestStack } from "./support/stack";

jest.setTimeout(600_000);

let engine: TestStack;
beforeAll(async () => {
  engine = await TestStack.make();
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
});

describe("a program that synthesis has not judged", () => {
  let cluster: Cluster;
  const network = "bare";
  const labels = { "fabric-topologies.dev/network": network, "fabric-topologies.dev/organisation": "amber" };
  const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name, labels, ...(kind === "Namespace" ? {} : { namespace: `${network}-amber` }) },
    ...rest,
  });
  /** It breaks nothing by itself, but another object of its name is there: a rule over the stack. */
  const manifests: SiteManifests = {
    site: "sandbox",
    objects: [
      object("v1", "Namespace", `${network}-amber`),
      object("v1", "ConfigMap", "one"),
      object("v1", "Service", "open", { spec: { type: "NodePort", ports: [{ name: "grpc", port: 7051 }] } }),
    ],
    dependencies: new Map(),
  };
  const only = (config: object) => {
    const file = join(engine.folder, "config.json");
    writeFileSync(file, JSON.stringify(config));
    return ["--policy-pack", packFolder, "--policy-pack-config", file];
  };
  const made = async () =>
    (await call(cluster.config, "GET", `/api/v1/namespaces/${network}-amber/configmaps/one`)).code === 200;

  beforeAll(async () => {
    cluster = await sharedSandbox();
    engine.deploys({ name: "sandbox", kubeconfig: cluster.sandbox.kubeconfig }, manifests);
  }, 60 * 60_000);

  test("is stopped before anything is made, with the rule's title", async () => {
    const { exit, output } = await engine.run(["up", "--yes", ...only({})]);
    expect(exit).not.toBe(0);
    expect(output).toContain("[mandatory]  exposure-inside-only");
    expect(output).toContain("No Service is open to the world.");
    expect(await made()).toBe(false);
  });

  test("is stopped before anything is made by a rule over the whole stack, too", async () => {
    const orphan = object("apps/v1", "StatefulSet", "peer", {
      spec: {
        replicas: 0,
        serviceName: "none",
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "peer", image: "example/peer:1" }] } },
      },
    });
    const objects = [...manifests.objects.filter(({ kind }) => kind !== "Service"), orphan];
    engine.deploys({ name: "sandbox", kubeconfig: cluster.sandbox.kubeconfig }, { ...manifests, objects });
    const config = { all: "disabled", "names-headless-service": "mandatory" };
    const { exit, output } = await engine.run(["up", "--yes", ...only(config)]);
    expect(exit).not.toBe(0);
    expect(output).toContain("[mandatory]  names-headless-service");
    expect(await made()).toBe(false);
  });

  test("passes where its network file waives what it breaks", async () => {
    engine.deploys({ name: "sandbox", kubeconfig: cluster.sandbox.kubeconfig }, manifests);
    const waiver = { owner: "platform team", reason: "It is being replaced.", expires: "2999-12-31" };
    const waivers = [
      { ...waiver, policy: "exposure-inside-only", object: `Service/${network}-amber/open` },
      { ...waiver, policy: "pods-restricted-namespace" },
    ];
    const passed = await engine.run(["preview", ...only(packConfig(waivers, "2026-06-15"))]);
    expect(passed.output).not.toContain("[mandatory]");
    expect(passed.exit).toBe(0);
    const other = await engine.run([
      "preview",
      ...only(packConfig([{ ...waivers[0]!, object: `Service/${network}-amber/other` }, waivers[1]!], "2026-06-15")),
    ]);
    expect(other.output).toContain("[mandatory]  exposure-inside-only");
    expect(other.exit).not.toBe(0);
  });
});
