/** A network over three centers and a witness, brought up by the real program on four real control planes (requirement R8). */
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { objectKey } from "../../lib/constructs/manifests";
import { fieldAt } from "../../lib/deploy/fields";
import { failoverObject } from "../../lib/recovery/failover/object";
import { failoverOf } from "../../lib/recovery/of-settings";
import { startFederation, type Federation } from "../../sandbox/federation/federation";
import { zonalProvisioner } from "../../sandbox/simulation/labels";
import { planStack, type Plan } from "../../topologies/plan";
import { connect } from "../../agent/kubernetes/api-server";
import { eventually } from "./support/cluster";
import { configOf, standing } from "./support/members";
import { counts, holdsProgram, stackFile } from "./support/network-stack";
import { call } from "./support/request";
import { runFolder } from "./support/shared";
import { TestStack } from "./support/stack";

jest.setTimeout(600_000);

const namespace = "three-clearing";
const centers = { "center-1": "city", "center-2": "city", "center-3": "remote" } as const;
const names = Object.keys(centers);
let federation: Federation;
let stack: TestStack;
let plan: Plan;
const configs = new Map<string, KubeConfig>();
const configOn = (site: string): KubeConfig => configs.get(site)!;

beforeAll(async () => {
  federation = await startFederation({
    dir: join(runFolder(), "three-center"),
    owner: process.pid,
    host: "witness",
    members: names.map((name) => ({ name, zones: [{ name: `${name}-a`, nodes: 2 }] })),
  });
  for (const { name, kubeconfig } of [federation.host, ...federation.members]) configs.set(name, configOf(kubeconfig));
  stack = await TestStack.make((folder) => {
    const network = join(folder, "network.yaml");
    writeFileSync(
      network,
      // JSON is YAML.
      JSON.stringify({
        name: "three",
        organisations: [
          { name: "amber", peers: [{ name: "peer0" }] },
          { name: "clearing", orderers: { nodes: 5 } },
        ],
        channels: [{ name: "settlement", members: ["amber"] }],
      }),
    );
    const site = (name: string, center: "city" | "remote" | "witness") => {
      const { kubeconfig, context, server, addresses } = federation.cluster(name);
      return {
        ...{ name, center, kubeconfig, context, zones: [{ name: `${name}-a` }] },
        apiServer: { port: Number(new URL(server).port) },
        ...(center === "witness"
          ? {}
          : { storage: { provisioner: zonalProvisioner }, gateway: { addresses: [...addresses] } }),
      };
    };
    holdsProgram(
      folder,
      stackFile({
        topology: "three-center",
        network,
        federation: { engine: "direct", roundTrip: "5ms" },
        sites: [...Object.entries(centers).map(([name, center]) => site(name, center)), site("witness", "witness")],
        recovery: { approvers: ["ada@bank.example"] },
      }),
    );
  });
  plan = planStack({ settings: join(stack.folder, "Pulumi.dev.yaml") });
}, 60 * 60_000);
afterAll(async () => {
  stack.remove();
  await federation.stop();
});

const everything = async (): Promise<string[]> => {
  const all = await Promise.all(
    plan
      .synthesise()
      .map(async (site) => [...(await standing(configOn(site.site), site)).keys()].map((key) => `${site.site}:${key}`)),
  );
  return all.flat().sort();
};
const ordering = async (site: string): Promise<string[]> => {
  const { items } = await configOn(site)
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace, labelSelector: "fabric-topologies.dev/role=orderer" });
  return items.map(({ metadata }) => metadata?.name ?? "").sort();
};

test("one run makes every object of every center, and each ordering node has pods at one center only (R8)", async () => {
  counts(await stack.up());
  expect(await everything()).toEqual(
    plan
      .synthesise()
      .flatMap(({ site, objects }) => objects.map((object) => `${site}:${objectKey(object)}`))
      .sort(),
  );
  const pods = await Promise.all(names.map(ordering));
  expect(pods.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(new Set(pods.flat()).size).toBe(5);
});

test("a second run changes nothing", async () => {
  expect(Object.keys(counts(await stack.up()))).toEqual(["unchanged"]);
});

/** The dormant twins' StatefulSets at the remote center. */
const twins = () =>
  (plan.synthesise().find(({ site }) => site === "center-3")?.objects ?? []).filter(
    (object) => object.kind === "StatefulSet" && fieldAt(object, ["spec", "replicas"]) === 0,
  );

test("a twin that a restore has started goes on running through the next run (R8)", async () => {
  const [twin] = twins();
  expect(twins()).toHaveLength(4);
  const { name } = twin!.metadata;
  const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;
  const api = connect(configOn("center-3"));
  await api.call("PATCH", path, { spec: { replicas: 1 } });
  await eventually("the twin has its pod", async () => (await ordering("center-3")).length === 2);
  expect(Object.keys(counts(await stack.up()))).toEqual(["unchanged"]);
  expect(await ordering("center-3")).toHaveLength(2);
  await api.call("PATCH", path, { spec: { replicas: 0 } });
  await eventually("it has none", async () => (await ordering("center-3")).length === 1);
});

test("a failover of these settings can be declared at the witness, and no run is taken while it is under way (R8)", async () => {
  const { settings, placement, network } = plan;
  const path = `/apis/recovery.fabric-topologies.dev/v1alpha1/namespaces/${network.name}-recovery/failovers`;
  const made = failoverObject(
    { name: "city", namespace: `${network.name}-recovery` },
    failoverOf(placement, settings.sites, settings.recovery!),
    {},
  );
  const { code, body } = await call(configOn("witness"), "POST", path, made);
  expect([code, body]).toEqual([201, expect.anything()]);
  expect(Object.keys(counts(await stack.up()))).toEqual(["unchanged"]);
  const told = { ...(body as object), status: { phase: "ReadOnlyOpen", epoch: 2 } };
  expect(await call(configOn("witness"), "PUT", `${path}/city/status`, told)).toMatchObject({ code: 200 });
  const refused = await stack.preview();
  expect([refused.exit === 0, refused.output]).toEqual([false, expect.stringContaining("site witness, Failover/")]);
  expect(refused.output).toContain("center-3 takes over from center-1 and center-2");
  expect(await call(configOn("witness"), "DELETE", `${path}/city`)).toMatchObject({ code: 200 });
});

test("destroy leaves namespaces and claims, and nothing else", async () => {
  const kept = (await everything()).filter((key) => /:(Namespace|PersistentVolumeClaim)\//.test(key));
  counts(await stack.run(["destroy", "--yes"]));
  await eventually("all else is gone", async () => (await everything()).join() === kept.join());
});
