import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings, loadStack, type SettingsSource } from "../../../lib/spec/load";
import { formatProblems, InvalidInput } from "../../../lib/spec/problem";

const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const sites = [{ name: "city", zones: [{ name: "zone-a", storageClass: "zonal" }] }];
const network = `name: harbour
organisations:
  - name: clearing
    orderers: { nodes: 3 }
`;
write("network.yaml", network);
const stack = write(
  "Pulumi.city.yaml",
  `encryptionsalt: v1:abc
config:
  kubernetes:context: somewhere
  fabric-topologies:network: network.yaml
  fabric-topologies:sites:
    - name: city
      zones:
        - name: zone-a
          storageClass: zonal
`,
);

/** `file:line path found`, the file without its folder. */
function said(source: SettingsSource): string[] {
  try {
    loadSettings(source);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(
      ({ file, line, path, found }) => `${file.replace(`${folder}/`, "")}:${line} ${path.join(".")} ${found}`,
    );
  }
  return [];
}

describe("settings of a stack in a project that says some for all", () => {
  const project = join(folder, "project");
  beforeAll(() => {
    mkdirSync(join(project, "stacks"), { recursive: true });
    const config = {
      "fabric-topologies:adopt": { value: true },
      "fabric-topologies:couchdb": { value: "false" },
      "fabric-topologies:sites": sites,
      "kubernetes:context": "somewhere",
      own: { type: "string", default: "nobody's business" },
    };
    writeFileSync(join(project, "Pulumi.yaml"), JSON.stringify({ name: "trade", runtime: "nodejs", config }));
  });
  const stackSaying = (config: object) =>
    write(
      "project/stacks/Pulumi.dev.yaml",
      JSON.stringify({ config: { "fabric-topologies:network": "n.yaml", ...config } }),
    );

  test("what the stack does not say is the project's, as Pulumi hands it to the program", () => {
    expect(loadSettings(stackSaying({}))).toMatchObject({ network: "n.yaml", adopt: true, couchdb: false, sites });
    expect(loadSettings(stackSaying({ "fabric-topologies:couchdb": true }))).toMatchObject({
      adopt: true,
      couchdb: true,
    });
  });

  test("to a running program Pulumi has handed it already", () => {
    const running = { "fabric-topologies:network": "n.yaml", "fabric-topologies:sites": JSON.stringify(sites) };
    expect(loadSettings({ from: stackSaying({}), running })).toMatchObject({ adopt: false, couchdb: true });
  });

  test("what is wrong with it is said to stand there", () => {
    writeFileSync(
      join(project, "Pulumi.yaml"),
      JSON.stringify({ name: "trade", config: { "fabric-topologies:sites": [], "fabric-topologies:adopt": "often" } }),
    );
    expect(said(stackSaying({}))).toEqual([
      "project/Pulumi.yaml fabric-topologies:sites:0 sites an empty list",
      'project/Pulumi.yaml fabric-topologies:adopt:0 adopt "often"',
    ]);
  });
});

test("on small machines a tenth of a CPU is written as the API server keeps it", () => {
  write("big.yaml", network.replace("nodes: 3", 'nodes: 3, resources: { cpu: "20" }'));
  const settings = JSON.stringify({ network: "big.yaml", sites, smallMachines: true });
  const { organisations } = loadStack({ settings: write("small.yaml", settings) }).network;
  expect(organisations.map(({ orderers }) => orderers?.resources.cpu)).toEqual(["2"]);
});

describe("settings of a stack", () => {
  const running = { "fabric-topologies:network": "network.yaml", "fabric-topologies:sites": JSON.stringify(sites) };

  test("keys of other namespaces are left alone, and topology has its default", () => {
    expect(loadSettings(stack)).toMatchObject({
      topology: "dual-active",
      network: "network.yaml",
      sites: [{ name: "city" }],
    });
  });

  test("the same whether read from the file or from the running program too", () => {
    expect(loadSettings({ from: stack, running: { ...running, "aws:region": "x" } })).toEqual(loadSettings(stack));
  });

  test("values of the running program win, and stand in no line", () => {
    const given = { ...running, "fabric-topologies:topology": "Dual" };
    expect(said({ from: stack, running: given })).toEqual(['--config fabric-topologies:topology:0 topology "Dual"']);
  });

  test("`pulumi config set fabric-topologies:adopt true` writes a text, and means the word", () => {
    const text = readFileSync(stack, "utf8");
    const set = write(
      "Pulumi.set.yaml",
      `${text}  fabric-topologies:adopt: "true"\n  fabric-topologies:couchdb: "false"\n`,
    );
    const given = { ...running, "fabric-topologies:adopt": "true", "fabric-topologies:couchdb": "false" };
    for (const source of [set, { from: set, running: given }]) {
      expect(loadSettings(source)).toMatchObject({ adopt: true, couchdb: false });
    }
    const wrong = write("Pulumi.unclear.yaml", `${text}  fabric-topologies:adopt: "yes"\n`);
    expect(said(wrong)).toEqual([expect.stringContaining('adopt "yes"')]);
  });

  test("values that the file has too keep their lines", () => {
    const wrong = write(
      "Pulumi.wrong.yaml",
      "config:\n  fabric-topologies:network: network.yaml\n  fabric-topologies:sites:\n    - name: City\n",
    );
    const given = { ...running, "fabric-topologies:sites": JSON.stringify([{ name: "City" }]) };
    expect(said({ from: wrong, running: given })).toEqual([
      'Pulumi.wrong.yaml:4 sites.0.name "City"',
      'Pulumi.wrong.yaml:4 sites.0.zones no "zones"',
    ]);
  });

  test("a stack that was configured by --config alone needs no file", () => {
    expect(loadSettings({ from: join(folder, "Pulumi.none.yaml"), running }).sites).toHaveLength(1);
    expect(said({ from: join(folder, "Pulumi.none.yaml"), running: {} })).toHaveLength(2);
  });

  test("sites that are no JSON are shown as what they are", () => {
    const given = { ...running, "fabric-topologies:sites": "[{" };
    expect(said({ from: stack, running: given })).toEqual(['--config fabric-topologies:sites:0 sites "[{"']);
  });

  test("a problem in no line is printed without one", () => {
    try {
      loadSettings({ from: stack, running: { ...running, "fabric-topologies:topolgy": "x" } });
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      expect(formatProblems(error.problems)).toMatch(
        /^--config fabric-topologies:topolgy {2}topolgy: found the unknown key "topolgy"\n {4}allowed: topology, .*\n {4}do: Did you mean "topology"\?$/,
      );
      return;
    }
    throw new Error("accepted");
  });
});

describe("settings and network together", () => {
  test("the network's path is seen from the settings", () => {
    expect(loadStack({ settings: stack })).toMatchObject({
      networkFile: join(folder, "network.yaml"),
      network: { name: "harbour" },
    });
  });

  test("another network file can be named", () => {
    const other = write("other.yaml", network.replace("harbour", "other"));
    expect(loadStack({ settings: stack, network: other }).network.name).toBe("other");
  });

  test("problems of both files come in one error, in the order of files and lines", () => {
    write("broken.yaml", network.replace("nodes: 3", "nodes: x").replace("harbour", "Harbour"));
    const settings = write("settings.yaml", `network: broken.yaml\nsites: ${JSON.stringify(sites)}\ntopolgy: x\n`);
    expect(() => loadStack({ settings })).toThrow(
      new RegExp(`^3 problems\\n.*broken.yaml:1:7 [^]*broken.yaml:4:24 [^]*settings.yaml:3:1 `),
    );
  });

  test("checks of both run only where sums over them mean something", () => {
    const check = jest.fn(() => []);
    write("idle.yaml", `${network}  - name: onlooker\n`);
    expect(() => loadStack({ settings: stack, network: join(folder, "idle.yaml"), checks: [check] })).toThrow(
      InvalidInput,
    );
    expect(check).not.toHaveBeenCalled();
    // What is wrong in detail does not keep placement from being checked: one round less.
    write(
      "long.yaml",
      `${network}channels:\n  - name: a\n    members: [amber]\n`.replace(
        "organisations:",
        "organisations:\n  - name: amber\n    mspId: A\n    peers: [{ name: ca }]",
      ),
    );
    expect(() => loadStack({ settings: stack, network: join(folder, "long.yaml"), checks: [check] })).toThrow(
      "ca-amber",
    );
    expect(check).toHaveBeenCalledTimes(1);
  });

  test("a finding of placement stands at its line", () => {
    const check = () => [
      {
        document: "settings" as const,
        path: ["sites", 0, "zones"],
        found: "one zone",
        allowed: "three",
        fix: "Add two.",
      },
    ];
    expect(() => loadStack({ settings: stack, checks: [check] })).toThrow(
      "Pulumi.city.yaml:7:7  sites[0].zones: found one zone",
    );
  });
});
