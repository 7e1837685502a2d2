/** What a federation does for a network, the same under every engine: real Pulumi, real engines, real API servers. */
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { join } from "node:path";
import { objectKey, type SiteManifests } from "../../../lib/constructs/manifests";
import type { Engine } from "../../../lib/federation/render";
import { startFederation, type Federation } from "../../../sandbox/federation/federation";
import { siteNames, threeSites, type SiteName, type Version } from "../../support/federation/sites";
import { eventually } from "./cluster";
import { deploys, federatedStack } from "./federated";
import { allOf, asGivenDirectly, configOf, meaning, standing, type Found } from "./members";
import { call } from "./request";
import { runFolder } from "./shared";
import { summary, type Run, type TestStack } from "./stack";

const network = "fed";
const namespace = `${network}-amber`;
const first: Version = { some: ["aws-prod", "gcp-staging"] };
const nodes = [0, 1, 2].map((index) => `orderer-${index}-0`);

/** The tests of one engine, in a federation of its own. */
export function keepsItsPromises(engine: Engine): void {
  let federation: Federation;
  let stack: TestStack;
  const configs = new Map<string, KubeConfig>();
  const configOn = (member: string): KubeConfig => configs.get(member)!;
  const told = (version: Version): readonly SiteManifests[] => {
    const sites = threeSites(network, version);
    deploys(stack, {
      engine,
      host: engine === "direct" ? undefined : { name: "host", kubeconfig: federation.host.kubeconfig },
      kubeconfigs: new Map(federation.members.map(({ name, kubeconfig }) => [name, kubeconfig])),
      sites,
      patience: { limit: 90_000, interval: 300 },
    });
    return sites;
  };
  const succeeded = async (run: Promise<Run>): Promise<Readonly<Record<string, number>>> => {
    const { exit, output } = await run;
    if (exit !== 0) throw new Error(output);
    return summary({ exit, output });
  };
  const everything = async (sites: readonly SiteManifests[]): Promise<Map<string, Found>> => {
    const all = await Promise.all(
      sites.map(async (site) =>
        [...(await standing(configOn(site.site), site))].map(([key, one]) => [`${site.site}:${key}`, one] as const),
      ),
    );
    return new Map(all.flat());
  };
  /** Every member has its site's objects, each as if it had been given it directly, and nothing else of the network. */
  const same = async (sites: readonly SiteManifests[]): Promise<void> => {
    for (const site of sites) {
      const config = configOn(site.site);
      expect([site.site, await allOf(config, network, site.objects)]).toEqual([
        site.site,
        site.objects.map(objectKey).sort(),
      ]);
      const found = await standing(config, site);
      for (const object of site.objects) {
        const key = objectKey(object);
        expect([site.site, key, meaning(found.get(key)!)]).toEqual([
          site.site,
          key,
          await asGivenDirectly(config, object),
        ]);
      }
    }
  };

  beforeAll(async () => {
    federation = await startFederation({
      dir: join(runFolder(), `federation-${engine}`),
      owner: process.pid,
      engine: engine === "direct" ? "none" : engine,
      members: siteNames.map((name) => ({ name })),
    });
    for (const { name, kubeconfig } of [federation.host, ...federation.members])
      configs.set(name, configOf(kubeconfig));
    stack = await federatedStack();
  }, 60 * 60_000);
  afterAll(async () => {
    stack.remove();
    await federation.stop();
  });

  test("the first run gives every member exactly its site's objects, as if each had been given them directly (R7)", async () => {
    const sites = told(first);
    const { created } = await succeeded(stack.up());
    expect(created).toBeGreaterThan(sites.flatMap(({ objects }) => objects).length / 3);
    await same(sites);
  });

  test("when it ends, everything runs: ordering nodes are ready, each on its own site, each made after the one before was ready", async () => {
    const pods = await Promise.all(nodes.map((name, index) => podOf(siteNames[index]!, name)));
    for (const [index, pod] of pods.entries()) {
      expect(pod.readySince).toBeDefined();
      if (index > 0) expect(pod.madeAt).toBeGreaterThanOrEqual(pods[index - 1]!.readySince!);
    }
    for (const name of siteNames) {
      const { items } = await configOn(name)
        .makeApiClient(CoreV1Api)
        .listNamespacedPod({ namespace, labelSelector: "fabric-topologies.dev/role=orderer" });
      expect([name, items.map(({ metadata }) => metadata?.name)]).toEqual([name, [nodes[siteNames.indexOf(name)]]]);
    }
  });

  const podOf = async (member: string, name: string) => {
    const { metadata, status } = await configOn(member).makeApiClient(CoreV1Api).readNamespacedPod({ namespace, name });
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return {
      madeAt: metadata?.creationTimestamp?.getTime() ?? 0,
      readySince: ready?.status === "True" ? ready.lastTransitionTime?.getTime() : undefined,
    };
  };

  test("a second run changes nothing, in Pulumi and on the members", async () => {
    const sites = told(first);
    const before = await everything(sites);
    expect(Object.keys(await succeeded(stack.up()))).toEqual(["unchanged"]);
    const after = await everything(sites);
    const generations = (all: ReadonlyMap<string, Found>) =>
      Object.fromEntries([...all].map(([key, { metadata }]) => [key, [metadata.uid, metadata.generation]]));
    expect(generations(after)).toEqual(generations(before));
  });

  test("what is another on one member changes there alone; what is the same changes everywhere", async () => {
    const sites = told({ ...first, own: { third: "another" }, shared: "second" });
    await succeeded(stack.up());
    await same(sites);
    const data = async (member: string) =>
      (await standing(configOn(member), sites[0]!)).get(`ConfigMap/${namespace}/gateway`)?.["data"];
    expect(await data("third")).toMatchObject({ "site.yaml": "site: another" });
    expect(await data("aws-prod")).toMatchObject({ "site.yaml": "site: aws-prod" });
  });

  test("ordering nodes restart one after the other, over all sites", async () => {
    const sites = told({ ...first, own: { third: "another" }, shared: "second", memory: "96Mi" });
    const before = await Promise.all(nodes.map((name, index) => podOf(siteNames[index]!, name)));
    await succeeded(stack.up());
    const after = await Promise.all(nodes.map((name, index) => podOf(siteNames[index]!, name)));
    for (const [index, pod] of after.entries()) {
      expect(pod.madeAt).toBeGreaterThan(before[index]!.madeAt);
      if (index > 0) expect(pod.madeAt).toBeGreaterThanOrEqual(after[index - 1]!.readySince!);
    }
    await same(sites);
  });

  test("an object that leaves one member, or all, is gone there and nowhere else", async () => {
    const key = `ConfigMap/${namespace}/only-some`;
    const haveIt = async (sites: readonly SiteManifests[]): Promise<SiteName[]> => {
      const one = threeSites(network, first)[0].objects.filter((object) => objectKey(object) === key);
      const have = await Promise.all(
        sites.map(async ({ site }) => (await standing(configOn(site), { objects: one })).has(key)),
      );
      return siteNames.filter((_, index) => have[index]);
    };
    for (const some of [["gcp-staging"], ["gcp-staging", "third"], []] as const) {
      const sites = told({ some });
      await succeeded(stack.up());
      await eventually(`${some.join()} have it`, async () => (await haveIt(sites)).join() === some.join());
      await same(sites);
    }
  });

  test("a member whose API server is away is named, and nothing is changed; when it is back, all comes to be as wanted", async () => {
    await federation.stopApiServer("third");
    const sites = told({ shared: "third version", own: { third: "yet another" } });
    const refused = await stack.up();
    expect([refused.exit === 0, refused.output]).toEqual([
      false,
      expect.stringContaining("site third: found nothing listening"),
    ]);
    await federation.startApiServer("third");
    await eventually("the engine takes the member again", async () => (await stack.up()).exit === 0, 120);
    await same(sites);
  }, 300_000);

  if (engine !== "direct") {
    test("what somebody changes or deletes on a member is put back", async () => {
      const sites = told({ shared: "third version", own: { third: "yet another" } });
      const config = configOn("aws-prod");
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      await call(config, "DELETE", `${path}/gateway`);
      await eventually(
        "the ConfigMap is back",
        async () => (await call(config, "GET", `${path}/gateway`)).code === 200,
      );
      await same(sites);
    });
  }

  test("destroy leaves namespaces and claims on their members, and nothing else; up takes them back", async () => {
    const sites = told({ shared: "third version" });
    await succeeded(stack.up());
    const before = await everything(sites);
    await succeeded(stack.run(["destroy", "--yes"]));
    const kept = [...before.keys()].filter((key) => /:(Namespace|PersistentVolumeClaim)\//.test(key)).sort();
    await eventually(
      "all else is gone",
      async () => [...(await everything(sites)).keys()].sort().join() === kept.join(),
    );
    const left = await everything(sites);
    for (const key of kept) expect([key, left.get(key)?.metadata.uid]).toEqual([key, before.get(key)?.metadata.uid]);

    await succeeded(stack.up());
    await same(sites);
    const after = await everything(sites);
    for (const key of kept) expect([key, after.get(key)?.metadata.uid]).toEqual([key, before.get(key)?.metadata.uid]);
  }, 300_000);
}
