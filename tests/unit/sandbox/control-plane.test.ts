import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import * as commands from "../../../sandbox/controlplane/commands";
import {
  type Credentials,
  type StoreCredentials,
  writeCredentials,
  writeStoreCredentials,
} from "../../../sandbox/controlplane/credentials";
import { kubeconfig } from "../../../sandbox/controlplane/kubeconfig";
import { freePorts } from "../../../sandbox/controlplane/ports";
import { zoneLabel } from "../../../sandbox/simulation/labels";
import { defaultZones, simulatedNodes } from "../../../sandbox/simulation/nodes";
import { leaseSeconds, monitorGraceSeconds } from "../../../sandbox/simulation/timing";
import { checkZones, parseZones } from "../../../sandbox/simulation/zone-spec";
import { layout } from "../../../sandbox/state";

const folder = layout(mkdtempSync(join(tmpdir(), "credentials-")));
const server = "https://127.0.0.1:6443";
let credentials: Credentials;
let ofStore: StoreCredentials;
beforeAll(async () => {
  ofStore = await writeStoreCredentials(folder);
  credentials = await writeCredentials(folder, { name: "sandbox", server, nodes: [] });
});
afterAll(() => rmSync(folder.root, { recursive: true }));

describe("credentials", () => {
  const read = (file: string) => new X509Certificate(readFileSync(file));
  /** The certificate of a kubeconfig's only user. */
  const userOf = (file: string): X509Certificate => {
    const { users } = parse(readFileSync(file, "utf8")) as {
      users: [{ user: { "client-certificate-data": string } }];
    };
    return new X509Certificate(Buffer.from(users[0].user["client-certificate-data"], "base64"));
  };

  test("nobody else can read any of them", () => {
    const below = readdirSync(folder.pki, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const files = [folder.kubeconfig, ...below.map(({ parentPath, name }) => join(parentPath, name))];
    expect(files.length).toBeGreaterThan(15);
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual(files.map(() => 0o600));
  });

  test("the API server's certificate is vouched for, and names where it is reached", () => {
    const certificate = read(credentials.apiServer.certificate);
    expect(certificate.verify(read(credentials.authority).publicKey)).toBe(true);
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkIP("10.96.0.1")).toBe("10.96.0.1");
    expect(certificate.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
    expect(certificate.ca).toBe(false);
  });

  test("a user of the API server is nobody to etcd", () => {
    const etcdAuthority = read(ofStore.authority);
    expect(read(ofStore.client.certificate).verify(etcdAuthority.publicKey)).toBe(true);
    const user = userOf(folder.kubeconfig);
    expect(user.subject).toBe("O=system:masters\nCN=sandbox-administrator");
    expect(user.verify(read(credentials.authority).publicKey)).toBe(true);
    expect(user.verify(etcdAuthority.publicKey)).toBe(false);
  });

  test("the controllers and the scheduler are known by their own names, without administrator's rights", () => {
    expect(userOf(credentials.controllerManager).subject).toBe("CN=system:kube-controller-manager");
    expect(userOf(credentials.scheduler).subject).toBe("CN=system:kube-scheduler");
  });
});

test("a kubeconfig of several clusters has a context for each, and the first is the current one", () => {
  const { administrator } = credentials;
  const text = kubeconfig({ ...administrator, name: "host" }, { ...administrator, name: "aws-prod" });
  const config = parse(text) as { "current-context": string; contexts: { name: string; context: object }[] };
  expect(config["current-context"]).toBe("host");
  expect(config.contexts).toEqual(
    ["host", "aws-prod"].map((name) => ({ name, context: { cluster: name, user: name, namespace: "default" } })),
  );
});

describe("commands", () => {
  const store = () => ({ client: 2, peer: 3, credentials: ofStore });
  const all = () => [
    commands.etcd(folder, store()),
    commands.apiServer(
      "simulated",
      { address: "127.0.0.1", port: 1, store: store(), prefix: "/registry/aws-prod" },
      credentials,
    ),
    commands.controllerManager("simulated", true, credentials),
    commands.scheduler(credentials),
    commands.nodes(credentials),
  ];

  test("every address is on the loopback interface", () => {
    const addresses = all()
      .flatMap((command) => command.arguments)
      .filter((flag) => /-(urls?|servers?|address|cluster)=/.test(flag));
    expect(addresses.length).toBeGreaterThan(6);
    for (const flag of addresses) expect(flag).toMatch(/=(sandbox=)?(https:\/\/)?127\.0\.0\.1(:\d+)?$/);
  });

  test("every file that a flag names is there", () => {
    const files = all()
      .flatMap((command) => command.arguments)
      .map((argument) => argument.replace(/^--[a-z-]+=/, ""))
      .filter((value) => value.startsWith("/") && value !== folder.etcd && !value.startsWith("/registry"));
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) expect(statSync(file).isFile()).toBe(true);
  });

  test("several lease renewals must fail before a node is declared NotReady", () => {
    expect(commands.nodes(credentials).arguments).toContain(`--node-lease-duration-seconds=${leaseSeconds}`);
    // KWOK and kubelets renew four times per lease duration.
    expect(monitorGraceSeconds / (leaseSeconds / 4)).toBeGreaterThanOrEqual(5);
  });
});

test("the stages are well-formed and each has a name of its own", () => {
  const stages = ["node.yaml", "pod.yaml"].flatMap((file) =>
    parseAllDocuments(readFileSync(join(__dirname, "../../../sandbox/simulation/stages", file), "utf8")).map(
      (document) => document.toJS({}) as { kind: string; metadata: { name: string } },
    ),
  );
  expect(stages.map(({ kind }) => kind)).toEqual(stages.map(() => "Stage"));
  expect(new Set(stages.map(({ metadata }) => metadata.name)).size).toBe(stages.length);
});

test("free ports are different ones", async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
});

describe("zones", () => {
  test("by default: two full ones and a witness", () => {
    const zones = simulatedNodes(defaultZones).map(({ metadata }) => metadata?.labels?.[zoneLabel]);
    expect(zones).toEqual(["zone-a", "zone-a", "zone-b", "zone-b", "zone-c"]);
  });

  test("no two nodes share a name, an address or a range for their pods", () => {
    const nodes = simulatedNodes([
      { name: "east", nodes: 100 },
      { name: "west", nodes: 154 },
    ]);
    for (const of of [
      nodes.map(({ metadata }) => metadata?.name),
      nodes.map(({ status }) => status?.addresses?.[0]?.address),
      nodes.map(({ spec }) => spec?.podCIDR),
    ]) {
      expect(new Set(of).size).toBe(254);
    }
  });

  test("are read from text", () => {
    expect(parseZones("zone-a:2, zone-b:2,zone-c")).toEqual([
      { name: "zone-a", nodes: 2 },
      { name: "zone-b", nodes: 2 },
      { name: "zone-c", nodes: 1 },
    ]);
  });

  test.each([
    ["Zone-A", /not the name of a zone/],
    ["", /not the name of a zone/],
    ["zone-a:0", /has 0 nodes/],
    ["zone-a:two", /"zone-a:two" is not a zone and its number of nodes/],
    ["zone-a:1.5", /"zone-a:1.5" is not a zone/],
    ["zone-a,zone-b,zone-a", /zone-a is named twice/],
    ["zone-a:255", /255 nodes in all/],
  ])("%j is refused", (text, reason) => {
    expect(() => parseZones(text)).toThrow(reason);
  });

  test("none at all is refused", () => {
    expect(() => {
      checkZones([]);
    }).toThrow(/0 nodes in all/);
  });
});
