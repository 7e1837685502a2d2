import { objectKey, type KubeObject, type SiteManifests } from "../../../lib/constructs/manifests";
import type { LiveForm } from "../../../lib/federation/standing";
import { generationsOf, truthOf, whereSaid, type Truth } from "../../../lib/federation/truth";
import type { Engine } from "../../../lib/federation/render";

const config: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "one", namespace: "net", labels: {} },
  data: { a: "b" },
};
const agent: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "agent", namespace: "net", labels: {} },
  spec: { replicas: 1 },
};
const site = (...objects: KubeObject[]): SiteManifests => ({ site: "aws-prod", objects, dependencies: new Map() });
const has = (object: KubeObject, more: Record<string, unknown> = {}, generation = 1): LiveForm => ({
  ...object,
  ...more,
  metadata: { ...object.metadata, generation },
});
const running = { status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 } };

async function looked(
  engine: Engine,
  live: LiveForm | undefined | Error,
  said?: unknown,
  object: KubeObject = config,
  earlier: Awaited<ReturnType<typeof generationsOf>> = [],
): Promise<Truth> {
  const readers = {
    live: () => (live instanceof Error ? Promise.reject(live) : Promise.resolve(live)),
    host: () => Promise.resolve(said),
  };
  const [truth] = await truthOf([site(object)], readers, { engine, earlier });
  return truth!;
}

/** What Karmada says of a binding on a member. */
const binding = (applied: boolean) => ({
  status: {
    conditions: [{ type: "Scheduled", status: "True" }],
    aggregatedStatus: [{ clusterName: "aws-prod", applied }],
  },
});

test("an object is as wanted when the member has it, whatever defaults it has besides", async () => {
  expect(await looked("direct", has(config, { immutable: false }))).toMatchObject({ state: "as wanted", detail: "" });
});

test.each([
  ["is not there", undefined, "missing", "no ConfigMap/net/one"],
  ["has another value", has(config, { data: { a: "c" } }), "different", "ConfigMap/net/one has another data"],
  ["has a key more", has(config, { data: { a: "b", old: "c" } }), "different", "ConfigMap/net/one has another data"],
] as const)("an object that %s is told", async (_, live, state, detail) => {
  expect(await looked("direct", live)).toMatchObject({ state, detail });
});

test("the same value in another form is the same: the member's API server says so", async () => {
  const written = {
    ...agent,
    spec: { template: { spec: { containers: [{ resources: { limits: { cpu: "1000m" } } }] } } },
  };
  const kept = { spec: { template: { spec: { containers: [{ resources: { limits: { cpu: "1" } } }] } } }, ...running };
  const readers = { live: () => Promise.resolve(has(agent, kept)), applied: () => Promise.resolve(has(agent, kept)) };
  const [truth] = await truthOf([site(written)], readers, { engine: "direct" });
  expect(truth).toMatchObject({ state: "as wanted" });
});

test("a Deployment whose pods are not of its last change has not come up", async () => {
  expect(await looked("direct", has(agent, running, 2), undefined, agent)).toMatchObject({
    state: "not rolled out",
    detail: "Deployment/net/agent: its controller has seen generation 1, not 2",
  });
  expect(await looked("direct", has(agent, running), undefined, agent)).toMatchObject({ state: "as wanted" });
});

test("a Job that has failed is told as such", async () => {
  const job = { ...config, kind: "Job", apiVersion: "batch/v1" };
  expect(
    await looked("direct", has(job, { status: { conditions: [{ type: "Failed", status: "True" }] } }), undefined, job),
  ).toMatchObject({
    state: "failed",
  });
});

test("Karmada's success for a member that does not answer is stale", async () => {
  expect(await looked("karmada", new Error("ECONNREFUSED"), binding(true))).toMatchObject({
    state: "unreachable",
    word: { done: true },
    trap: { name: "stale success", fix: expect.stringContaining("believe nothing of aws-prod") as string },
  });
});

test("Karmada's success for an override that it never applied is stale", async () => {
  expect(await looked("karmada", has(config, { data: { a: "c" } }), binding(true))).toMatchObject({
    state: "different",
    trap: { name: "stale success" },
  });
});

test("a binding that Karmada does not try again is told with the way to make it", async () => {
  const said = {
    status: {
      conditions: [
        { type: "Scheduled", status: "False", reason: "NoClusterFit", message: "did not have the API resource" },
      ],
    },
  };
  expect(await looked("karmada", undefined, said)).toMatchObject({
    state: "missing",
    trap: { name: "unretried binding", fix: expect.stringContaining("kubectl label cluster aws-prod") as string },
  });
});

test("an object that Karmada has not heard of hangs on its webhook", async () => {
  expect(await looked("karmada", undefined, undefined)).toMatchObject({ trap: { name: "ignored policy" } });
  expect(await looked("karmada", undefined, { status: {} })).toMatchObject({ trap: { name: "ignored policy" } });
});

test("KubeFed that has taken up nothing has stopped; one object behind is not that", async () => {
  const old = { metadata: { generation: 2 }, status: { observedGeneration: 1, conditions: [{ type: "Propagation" }] } };
  expect(await looked("kubefed", undefined, old)).toMatchObject({ trap: { name: "stopped propagation" } });
  const objects = [config, { ...config, metadata: { ...config.metadata, name: "two" } }];
  const readers = {
    live: (_: string, object: KubeObject) => Promise.resolve(object === objects[0] ? has(object) : undefined),
    host: (path: string) =>
      Promise.resolve(
        path.endsWith("/one")
          ? {
              metadata: { generation: 1 },
              status: {
                observedGeneration: 1,
                conditions: [{ type: "Propagation" }],
                clusters: [{ name: "aws-prod" }],
              },
            }
          : old,
      ),
  };
  const truths = await truthOf([site(...objects)], readers, { engine: "kubefed" });
  expect(truths.map(({ state, trap }) => [state, trap])).toEqual([
    ["as wanted", undefined],
    ["missing", undefined],
  ]);
});

test("a Deployment that is rewritten though nobody changed it is fought over", async () => {
  const earlier = [{ member: "aws-prod", key: objectKey(agent), generation: 7 }];
  const status = { status: { ...running.status, observedGeneration: 111 } };
  expect(await looked("kubefed", has(agent, status, 111), undefined, agent, earlier)).toMatchObject({
    state: "fought over",
    detail: "Deployment/net/agent has been rewritten 104 times since the last look",
    trap: { name: "annotation fight" },
  });
});

test("generations are of what is there, for the next look", async () => {
  const readers = {
    live: (_: string, object: KubeObject) => Promise.resolve(object === agent ? has(agent, {}, 3) : undefined),
  };
  expect(await generationsOf([site(agent, config)], readers)).toEqual([
    { member: "aws-prod", key: "Deployment/net/agent", generation: 3 },
  ]);
});

test("people are told where to look themselves", () => {
  expect(whereSaid("karmada", config)).toBe("kubectl get resourcebinding one-configmap -n net -o yaml");
  expect(whereSaid("kubefed", config)).toBe("kubectl get federatedconfigmap one -n net -o yaml");
});
