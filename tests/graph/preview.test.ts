/** `fabric-topologies preview`, as people and pipelines use it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { exampleSettings } from "../../cli/input";
import { objectKey } from "../../lib/constructs/manifests";
import { withoutUnsaid } from "../../lib/deploy/unsaid";
import { describeChannel } from "../../lib/fabric/channel/preview";
import { previewSchema, type Preview } from "../../lib/preview/document";
import { planStack } from "../../topologies/plan";
import { consortium } from "../support/consortium";
import { minimal, root, run, runProgram } from "../unit/cli/run";

jest.setTimeout(60_000);
const trade = join(root, "examples/trade-finance/network.yaml");

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fabric-topologies-preview-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const json = async (...words: string[]): Promise<Preview> => {
  const { exit, out, err } = await run("preview", ...words, "--json");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  return previewSchema.parse(JSON.parse(out));
};

/** The settings of the example as those of a stack, on a cluster that is not there. */
function stackFile(name: string): string {
  const file = join(folder, `Pulumi.${name}.yaml`);
  const site = {
    name: "far",
    kubeconfig: join(folder, "no-such-kubeconfig"),
    context: "nowhere",
    zones: [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
    storage: { provisioner: "csi.example.com" },
  };
  const settings = { topology: "dual-active", network: minimal, sites: [site] };
  const config = Object.entries(settings).map(([key, value]) => [`fabric-topologies:${key}`, value]);
  writeFileSync(file, JSON.stringify({ config: Object.fromEntries(config) as object }));
  return file;
}

test("minimal, word for word", async () => {
  // Kept as a file that people can read: when it changes, read the difference.
  const kept = join(__dirname, "preview-minimal.txt");
  expect(await run("preview", minimal)).toEqual({ exit: 0, out: readFileSync(kept, "utf8"), err: "" });
});

test("as JSON: each object of the manifests is a resource with what the manifests say, and each channel its config", async () => {
  const told = await json(trade);
  const plan = planStack({ settings: exampleSettings, network: trade });
  const objects = plan.synthesise().flatMap((site) => site.objects.map((object) => ({ site: site.site, object })));
  const kubernetes = told.graph.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(kubernetes.map(({ name }) => name).sort()).toEqual(
    objects.map(({ site, object }) => `${site}:${objectKey(object)}`).sort(),
  );
  for (const { site, object } of objects) {
    const resource = kubernetes.find(({ name }) => name === `${site}:${objectKey(object)}`);
    const { metadata, ...rest } = JSON.parse(JSON.stringify(withoutUnsaid(object))) as {
      metadata: Record<string, unknown>;
    };
    expect(resource?.inputs).toMatchObject({
      ...rest,
      metadata: { name: metadata["name"], labels: metadata["labels"] },
    });
  }
  expect(told.channels.map(({ name, config }) => [name, config])).toEqual(
    plan.consortium.channels.map((channel) => [channel.name, describeChannel(channel, plan.consortium)]),
  );
  expect(told.graph.outputs).toMatchObject({ network: "trade", zones: { "peer0-amber-1": "zone-b" } });
});

test("pods of several organisations that are called the same are told apart in the failure matrix", async () => {
  const network = join(folder, "network.yaml");
  writeFileSync(network, stringify(consortium(5)));
  const { failures } = (await json(network)).matrix;
  expect(failures).toContain("pod grand-bank-1/orderer-0");
  expect(new Set(failures).size).toBe(failures.length);
});

test("the same input gives the same bytes", async () => {
  const bytes = async () => (await run("preview", trade, "--json")).out;
  expect(await bytes()).toBe(await bytes());
});

test("a stack is previewed under its own name, and its cluster need not be there", async () => {
  const { graph } = await json("--settings", stackFile("production"));
  expect(graph.stack).toBe("production");
  const claim = graph.resources.find(({ name }) =>
    name.endsWith("PersistentVolumeClaim/minimal-org1/data-peer0-org1-0"),
  );
  expect(claim).toMatchObject({
    urn: "urn:pulumi:production::fabric-topologies::fabric:topologies:Site$kubernetes:core/v1:PersistentVolumeClaim::far:PersistentVolumeClaim/minimal-org1/data-peer0-org1-0",
    retainOnDelete: true,
    inputs: { metadata: { annotations: { "fabric-topologies.dev/stack": "fabric-topologies/production" } } },
  });
});

test("--stack takes the settings of this folder, and so does a stack's name in the place of a file", async () => {
  stackFile("staging");
  const { exit, out, err } = await runProgram(["preview", "--stack", "staging"], folder);
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(out).toContain("As stack staging of project fabric-topologies");
  expect(await runProgram(["preview", "staging"], folder)).toEqual({ exit, out, err });
});

test("as Markdown: a row for each organisation, what runs folded away, and the channels", async () => {
  const { exit, out } = await run("preview", trade, "--markdown");
  expect(exit).toBe(0);
  expect(out).toContain("## Preview of trade\n");
  expect(out).toContain("| amber | 58 | 2 StatefulSet, 5 Deployment, 2 Job | 4 |");
  expect(out).toContain("- StatefulSet `orderer`: 5 pods; data 50Gi in zone-a, zone-b and zone-c");
  expect(out).toContain("| settlement | amber and basalt | settlement 1.0 (sequence 1) |");
  expect(out.match(/<details>/g)).toHaveLength(out.match(/<\/details>/g)?.length ?? 0);
});

test("all of a long document comes through a pipe", async () => {
  const { out } = await runProgram(["preview", trade, "--json"], folder);
  expect(() => previewSchema.parse(JSON.parse(out))).not.toThrow();
});

test("two ways to print at once are refused", async () => {
  const { exit, err } = await run("preview", "--json", "--markdown");
  expect(exit).toBe(1);
  expect(err).toContain("cannot be used with option");
});

test("mistakes of both files are told with their lines, and nothing is shown", async () => {
  const network = join(folder, "network.yaml");
  const settings = join(folder, "settings.yaml");
  writeFileSync(network, readFileSync(minimal, "utf8").replace("nodes: 3", "nodes: three"));
  writeFileSync(settings, readFileSync(exampleSettings, "utf8").replace("witness: true", "witness: maybe"));
  const { exit, out, err } = await run("preview", network, "--settings", settings);
  expect({ exit, out }).toEqual({ exit: 1, out: "" });
  expect(err).toContain(`${network}:10:14  organisations[1].orderers.nodes: found "three"`);
  expect(err).toMatch(/settings\.yaml:\d+:\d+ {2}sites\[0\]\.zones\[2\]\.witness: found "maybe"/);
  expect(err).not.toMatch(/^ +at /m);
});
