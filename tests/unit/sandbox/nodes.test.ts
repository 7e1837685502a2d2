/** What real nodes are called and configured, and what is said where a machine cannot have them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { demandedFaults, demandFault, demandNoFault, faultName, faultyZones } from "../../../sandbox/nodes/faults";
import { kubeletConfig, proxyConfig } from "../../../sandbox/nodes/kubelet";
import { planOf } from "../../../sandbox/nodes/plan";
import { checkRealZones, defaultRealZones } from "../../../sandbox/nodes/real-zone-spec";
import { networkConfig, runtimeConfig } from "../../../sandbox/nodes/runtime";
import { layout } from "../../../sandbox/state";

const zones = [...defaultRealZones];
const plan = planOf({ id: "0a1b2c3d-0000-4000-8000-000000000000", zones, range: 140 })!;
const [zone] = plan.zones;
const folder = { outside: "/state/nodes/zone-a", inside: "/run/sandbox/nodes/zone-a" };
const credentials = {
  authority: "/pki/ca.crt",
  server: { certificate: "/pki/a.crt", key: "/pki/a.key" },
  kubelet: "/pki/kubelet.kubeconfig",
  proxy: "/pki/proxy.kubeconfig",
};

describe("the plan", () => {
  test("everything carries the sandbox's own tag, in names that the kernel takes", () => {
    for (const name of [plan.bridge, ...plan.zones.map(({ cable }) => cable)]) {
      expect(name).toMatch(/^ft-0a1b2c3d/);
      expect(name.length).toBeLessThanOrEqual(15);
    }
    for (const { netns, cgroup } of plan.zones) expect(`${netns} ${cgroup}`).toMatch(/^ft-0a1b2c3d-\S+ ft-0a1b2c3d\//);
  });

  test("every node and every range of pods is in the sandbox's own range, and each is another", () => {
    const addresses = [plan.hostAddress, ...plan.zones.flatMap(({ address, podRange }) => [address, podRange])];
    for (const address of addresses) expect(address).toMatch(/^10\.140\./);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(plan.zones.map(({ podRange }) => podRange)).toEqual(["10.140.1.0/24", "10.140.2.0/24", "10.140.3.0/24"]);
  });

  test("there is none for simulated nodes", () => {
    expect(planOf({ id: "0a1b2c3d", zones, range: undefined })).toBeUndefined();
  });
});

describe("zones of real nodes", () => {
  test("have one node each", () => {
    expect(() => checkRealZones(zones)).not.toThrow();
    expect(() => checkRealZones([{ name: "zone-a", nodes: 2 }])).toThrow("zone zone-a is to have 2 nodes");
    expect(() => checkRealZones(Array.from({ length: 21 }, (_, n) => ({ name: `z${n}`, nodes: 1 })))).toThrow(
      "21 real",
    );
  });
});

describe("configuration", () => {
  test("a kubelet asks the API server who may do what, and shares no folder with another", () => {
    const config = parse(kubeletConfig(zone!, folder, credentials)) as Record<string, unknown>;
    expect(config).toMatchObject({
      authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
      authorization: { mode: "Webhook" },
      cgroupRoot: "/ft-0a1b2c3d/zone-a",
      clusterDNS: ["10.96.0.10"],
    });
    for (const key of ["podLogsDir", "volumePluginDir", "resolvConf"]) {
      expect(config[key]).toMatch(/^\/run\/sandbox\/nodes\/zone-a\//);
    }
  });

  test("a kube-proxy uses nftables, knows its own pods by their cables, and leaves the machine's tables alone", () => {
    expect(parse(proxyConfig(credentials))).toMatchObject({
      mode: "nftables",
      detectLocalMode: "InterfaceNamePrefix",
      detectLocal: { interfaceNamePrefix: "veth" },
      conntrack: { maxPerCore: 0, min: 0 },
    });
  });

  test("pods are connected by a cable each, not by a bridge that the packet filter does not see", () => {
    expect(JSON.parse(networkConfig(zone!))).toMatchObject({
      plugins: [{ type: "ptp", ipMasq: false, ipam: { ranges: [[{ subnet: "10.140.1.0/24" }]] } }],
    });
  });

  test("containerd loads nothing into the kernel that would stay", () => {
    expect(runtimeConfig(folder, "/usr/lib/cni")).toContain("disable_apparmor = true");
  });
});

describe("faults", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "faults-"));
    mkdirSync(layout(root).faults);
    mkdirSync(layout(root).nodes);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("a link has one name, whichever end is named first", () => {
    expect(faultName("zone-b", "zone-a")).toBe(faultName("zone-a", "zone-b"));
    expect(faultyZones(faultName("zone-b", "zone-a"))).toEqual(["zone-a", "zone-b"]);
  });

  test("are demanded and taken back one by one", () => {
    demandFault(root, faultName("zone-a"), "killed");
    demandFault(root, faultName("zone-c", "zone-b"), "cut");
    expect(demandedFaults(root)).toEqual({ "zone-a": "killed", "zone-b.zone-c": "cut" });
    demandFault(root, faultName("zone-a"), "cut");
    demandNoFault(root, faultName("zone-b", "zone-c"));
    demandNoFault(root, faultName("zone-b", "zone-c"));
    expect(demandedFaults(root)).toEqual({ "zone-a": "cut" });
  });
});

test("the first process of a zone's machine keeps what it mounts out of the machine's own table of mounts", () => {
  const script = readFileSync(path.join(__dirname, "../../../sandbox/nodes/machine.sh"), "utf8");
  const mounts = script.split("\n").filter((line) => /^\s*mount /.test(line));
  expect(mounts.length).toBeGreaterThan(4);
  for (const line of mounts) expect(line).toContain("mount -n ");
});
