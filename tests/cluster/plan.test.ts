/** The offline preview is what Pulumi's real engine sees: of every example, before and after it runs, and of changed ones. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { KubeObject, SiteManifests } from "../../lib/constructs/manifests";
import type { NetworkInput } from "../../lib/spec/network";
import { sharedSandbox, type Cluster } from "./support/cluster";
import { NetworkStack } from "./support/network-stack";

jest.setTimeout(15 * 60_000);

const fileOf = (example: string) => join("examples", example, "network.yaml");
const examples = readdirSync("examples").filter((name) => existsSync(fileOf(name)));

let cluster: Cluster;
beforeAll(async () => {
  cluster = await sharedSandbox();
}, 60 * 60_000);

/** Every kind of change at once: databases, sizes, counts, an organisation more, and what channels ask of it. */
function changed(example: string): NetworkInput {
  const network = parse(readFileSync(fileOf(example), "utf8")) as NetworkInput;
  return {
    ...network,
    organisations: [
      ...network.organisations.map((organisation) => ({
        ...organisation,
        ...(organisation.peers === undefined
          ? {}
          : {
              peers: organisation.peers.map((group) => ({
                ...group,
                stateDatabase: group.stateDatabase === "couchdb" ? ("leveldb" as const) : ("couchdb" as const),
                storage: "2048Gi",
                resources: { cpu: "2000m", memory: "2048Mi", cpuLimit: "4" },
              })),
            }),
      })),
      { name: "newcomer", mspId: "NewcomerMSP", peers: [{ name: "edge", replicas: 3 }] },
    ],
    channels: (network.channels ?? []).map((channel) => ({ ...channel, members: [...channel.members, "newcomer"] })),
  };
}

test("there are examples", () => {
  expect(examples).toEqual(expect.arrayContaining(["minimal", "trade-finance"]));
});

describe.each(examples)("%s", (example) => {
  let stack: NetworkStack;
  beforeAll(async () => {
    stack = await NetworkStack.make(cluster, fileOf(example));
  });
  afterAll(() => stack.remove());

  test("on an empty cluster, the offline preview equals the engine's", async () => {
    const { resources, differences } = await stack.compared();
    expect(differences).toEqual([]);
    // The stack, the site and its provider are resources too.
    expect(resources).toBe(stack.manifests().objects.length + 3);
  });

  test("changed in everything that a network file says of nodes, it still does", async () => {
    stack.describes(changed(example));
    expect((await stack.compared()).differences).toEqual([]);
    stack.describes(fileOf(example));
  });
});

test("a network and settings that say what few do are equal, too", async () => {
  const secretName = "own";
  const network: NetworkInput = {
    name: "odd",
    fabric: {
      version: "2.5.12",
      registry: "registry.example.com/fabric",
      images: { peer: { repository: "registry.example.com/peer", tag: "1" } },
    },
    tls: { clientAuthentication: false },
    waivers: [{ policy: "identity-mutual-tls", owner: "somebody", reason: "A test.", expires: "2099-12-31" }],
    organisations: [
      {
        name: "north",
        ca: { replicas: 2, certificates: { secretName }, registry: { postgresql: { secretName, port: 5433 } } },
        peers: [
          { name: "peer0", stateDatabase: "couchdb", couchdbStorage: "10240Mi", resources: { cpu: "10" } },
          { name: "peer1", replicas: 3, resources: { cpu: "1500m", memory: "1536Mi" } },
        ],
      },
      { name: "ordering", orderers: { nodes: 5, name: "sorter", resources: { cpu: "20", cpuLimit: "30" } } },
    ],
    channels: [{ name: "one", members: ["north"] }],
    chaincodes: [{ name: "cc", channel: "one", image: "registry.example.com/cc:1", resources: { cpu: "30" } }],
  };
  const stack = await NetworkStack.make(cluster, network, { smallMachines: true, adopt: true });
  try {
    expect((await stack.compared()).differences).toEqual([]);
  } finally {
    await stack.remove();
  }
});

describe("a network that runs", () => {
  let stack: NetworkStack;
  beforeAll(async () => {
    stack = await NetworkStack.make(cluster, fileOf("minimal"), { smallMachines: true, couchdb: false });
    await stack.succeeds();
  });
  afterAll(() => stack.remove());

  const command = (...words: string[]): Promise<{ exit: number; out: string; err: string }> =>
    new Promise((done) => {
      const args = [resolve("bin/fabric-topologies.mjs"), "plan", "--settings", stack.settingsFile, ...words];
      execFile(process.execPath, args, { env: stack.engine.env, maxBuffer: 64 << 20 }, (error, out, err) =>
        done({ exit: typeof error?.code === "number" ? error.code : 0, out, err }),
      );
    });

  test("unchanged, where the engine would leave everything as it is, is equal, and the command says so", async () => {
    const objects = stack.manifests().objects.length;
    expect(await command("--engine")).toEqual({
      exit: 0,
      out: expect.stringMatching(new RegExp(`^equal: .* ${objects + 3} resources `)) as string,
      err: "",
    });
  });

  test("with a change, where the engine would update some and make others, is equal", async () => {
    const network = parse(readFileSync(fileOf("minimal"), "utf8")) as NetworkInput;
    const [first, ...others] = network.organisations;
    if (first === undefined) throw new RangeError("no organisation");
    const peers = [{ name: "peer0", resources: { memory: "3Gi" }, storage: "40Gi" }, { name: "peer1" }];
    stack.describes({ ...network, organisations: [{ ...first, peers }, ...others] });
    const { resources, differences } = await stack.compared();
    expect(differences).toEqual([]);
    expect(resources).toBe(stack.manifests().objects.length + 3);
    stack.describes(fileOf("minimal"));
  });

  test("a recorder with one altered value, one forgotten dependency and one forgotten object is told of each, and of nothing else", async () => {
    const plan = stack.plan();
    const altered = {
      ...plan,
      synthesise: () => plan.synthesise().map(sabotaged),
    };
    const { differences } = await stack.compared(altered);
    const told = differences.map(({ urn, what }) => `${urn.slice(urn.lastIndexOf("::") + 2)} ${what}`);
    expect([...new Set(told)].sort()).toEqual(
      [
        "sandbox:StatefulSet/minimal-org1/peer0-org1 inputs.spec.minReadySeconds",
        "sandbox:Service/minimal-org1/gateway-org1 resource",
        "sandbox:StatefulSet/minimal-ordering/orderer dependencies",
      ].sort(),
    );
  });

  test("a program that asks for something else than the offline preview is told, with exit code 2 and what to report", async () => {
    const program = join(dirname(stack.settingsFile), "index.ts");
    rmSync(program);
    writeFileSync(
      program,
      [
        `import { ComponentResource } from "@pulumi/pulumi";`,
        `import network = require(${JSON.stringify(resolve("index"))});`,
        `export = async () => {`,
        `  new ComponentResource("test:index:More", "more");`,
        `  return network();`,
        `};`,
      ].join("\n"),
    );
    const { exit, out, err } = await command("--engine");
    expect({ exit, err }).toEqual({ exit: 2, err: "" });
    expect(out).toMatch(/^1 difference between the offline preview .*::test:index:More::more: resource\n/s);
    expect(out).toContain("    offline: nothing\n    engine:  test:index:More\n");
    expect(out).toContain("a bug of fabric-topologies");
    expect(JSON.parse((await command("--engine", "--json")).out)).toMatchObject({
      project: "fabric-topologies",
      stack: "dev",
      differences: [{ what: "resource", engine: "test:index:More" }],
    });
  });

  test("where the engine comes to no preview, its own words are told, with exit code 1", async () => {
    rmSync(join(dirname(stack.settingsFile), "index.ts"));
    writeFileSync(join(dirname(stack.settingsFile), "index.ts"), `throw new Error("the program is broken");\n`);
    const { exit, out, err } = await command("--engine");
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toContain("the program is broken");
    expect(err).toContain("do: make `pulumi preview` of this stack succeed");
  });
});

function sabotaged({ objects, dependencies, ...site }: SiteManifests): SiteManifests {
  const is = (kind: string, name: string) => (object: KubeObject) =>
    object.kind === kind && object.metadata.name === name;
  const [peers, gateway] = [is("StatefulSet", "peer0-org1"), is("Service", "gateway-org1")];
  const left = objects
    .filter((object) => !gateway(object))
    .map((object) =>
      peers(object) ? { ...object, spec: { ...(object["spec"] as object), minReadySeconds: 7 } } : object,
    );
  const forgotten = new Map([...dependencies].filter(([key]) => key !== "StatefulSet/minimal-ordering/orderer"));
  return { ...site, objects: left, dependencies: forgotten };
}
