/** The policies as the real API server judges by them. */
import { ApiException, CoreV1Api, type KubernetesObject } from "@kubernetes/client-node";
import { clientPod } from "../../lib/constructs/client-pod";
import { networkLabel, type KubeObject } from "../../lib/constructs/manifests";
import { admissionObjects } from "../../policies/admission";
import { rules } from "../../policies/all";
import type { ObjectRule } from "../../policies/rule";
import { example } from "../../scripts/pages/examples";
import { exampleRows, type PolicyExample } from "../support/policy-examples";
import { objections, withoutAdvice } from "./support/accepted";
import { create, dryRunCreate, eventually, sharedSandbox, type Cluster } from "./support/cluster";
import { call, type Reply } from "./support/request";

const today = "2026-06-15";
const noWaivers: Parameters<typeof admissionObjects>[1]["waivers"] = [];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await sharedSandbox();
}, 60 * 60_000);

const make = (object: object): Promise<void> => create(cluster.config, object);

async function makeNamespace(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  await make({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
}

/** Whether an answer refuses or warns by a policy. */
const tells = ({ message, warnings }: Reply, id: string): boolean =>
  [message, ...warnings].some((text) => text.includes(`(policy ${id})`));

type Judged = ObjectRule & { readonly cel: object };
const judged = rules.filter((rule): rule is Judged => rule.scope === "object" && rule.cel !== undefined);

describe("every policy that CEL can say", () => {
  const networkOf = ({ id }: Judged) => `p-${id}`;

  beforeAll(async () => {
    for (const rule of judged) {
      const name = networkOf(rule);
      await makeNamespace(name, { [networkLabel]: name });
      for (const object of admissionObjects([rule], { name, waivers: noWaivers }, today)) await make(object);
    }
  });
  afterAll(async () => {
    await Promise.all(judged.map((rule) => removeNamespace(networkOf(rule))));
    await removePolicies(...judged.map(networkOf));
  });

  /** The example as it would be made in the namespace of its own policy. */
  function ofNetwork({ rule, which }: PolicyExample): KubernetesObject {
    if (rule.scope !== "object") throw new RangeError(rule.id);
    const object = rule.examples[which];
    const network = networkOf(rule as Judged);
    const labels = { ...object.metadata.labels, [networkLabel]: network };
    const namespace = object.metadata.namespace === undefined ? {} : { namespace: network };
    return { ...object, metadata: { ...object.metadata, labels, ...namespace } };
  }

  test.each(exampleRows.filter(([, { rule }]) => judged.some(({ id }) => id === rule.id)))(
    "%s: the API server says the same",
    async (_, example) => {
      const { rule, broken } = example;
      const object = ofNetwork(example);
      // A policy is in force about a second after it was made; its bad example tells when.
      await eventually(`${rule.id} is in force`, async () =>
        tells(await dryRunCreate(cluster.config, ofNetwork({ ...example, which: "bad" })), rule.id),
      );
      const reply = await dryRunCreate(cluster.config, object);
      expect(tells(reply, rule.id)).toBe(broken);
      // Nothing else is wrong with an example: it would be made, but for its policy.
      expect([reply.code, reply.message]).toEqual(
        broken && rule.severity === "mandatory" ? [422, expect.stringContaining(`(policy ${rule.id})`)] : [201, ""],
      );
    },
  );
});

describe("a network with its policies", () => {
  const plan = example("trade-finance");
  const { network } = plan.placement;
  const objects = plan.synthesise().flatMap((site) => site.objects);
  const isPolicy = ({ kind }: KubeObject) => kind.startsWith("ValidatingAdmissionPolicy");
  const first = objects.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "";

  beforeAll(async () => {
    for (const object of objects.filter(({ kind }) => kind === "Namespace")) await make(object);
    // Pods are refused where their account is not there.
    for (const object of objects.filter(({ kind }) => kind === "ServiceAccount")) await make(object);
    for (const object of objects.filter(isPolicy)) await make(object);
    await eventually("the policies are in force", async () =>
      tells(await dryRunCreate(cluster.config, badService("late")), "exposure-inside-only"),
    );
  });
  afterAll(async () => {
    await Promise.all(
      objects.flatMap(({ kind, metadata }) => (kind === "Namespace" ? [removeNamespace(metadata.name)] : [])),
    );
    await removePolicies(network.name);
  });

  const badService = (name: string): KubernetesObject =>
    ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: first },
      spec: { type: "LoadBalancer", ports: [{ name: "admin", port: 7053 }] },
    }) as KubernetesObject;

  test("all of its own objects and pods are taken, and so are client pods", async () => {
    const [site] = plan.settings.sites;
    const [organisation] = network.organisations;
    const [zone] = site?.zones ?? [];
    if (site === undefined || organisation === undefined || zone === undefined) throw new RangeError("no site");
    const tried = [...objects.filter((object) => !isPolicy(object)), clientPod(network, organisation, site, zone)];
    expect(withoutAdvice(await objections(cluster.config, { objects: tried }))).toEqual([]);
  });

  test("what breaks a mandatory policy is refused in its namespaces with the rule's words, whoever asks", async () => {
    const { code, message } = await dryRunCreate(cluster.config, badService("gateway"));
    expect([code, message]).toEqual([
      422,
      expect.stringContaining("no Service may be open to the world (policy exposure-inside-only)"),
    ]);
  });

  test("what breaks an advisory one is made, and warned of", async () => {
    const deployment = objects.find(({ kind }) => kind === "Deployment") as KubernetesObject;
    const { code, warnings } = await dryRunCreate(cluster.config, {
      ...deployment,
      metadata: { ...deployment.metadata, name: "other" },
    });
    expect(code).toBe(201);
    expect(warnings.join()).toContain("(policy images-pinned)");
  });

  test("other namespaces, Kubernetes' own among them, are as they were", async () => {
    for (const namespace of ["default", "kube-system"]) {
      const object = { ...badService("gateway"), metadata: { name: "gateway", namespace } };
      expect(await dryRunCreate(cluster.config, object)).toMatchObject({ code: 201, warnings: [] });
    }
  });

  test("what stood before its policies is scaled, marked and removed as ever, but not made worse", async () => {
    const name = "before-its-policies";
    await makeNamespace(name, {});
    const pod = {
      metadata: { labels: { app: "old" } },
      spec: { containers: [{ name: "old", image: "example:latest" }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: "old" } }, template: pod };
    await make({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "old", namespace: name }, spec });
    const core = cluster.config.makeApiClient(CoreV1Api);
    const space = await core.readNamespace({ name });
    await core
      .replaceNamespace({
        name,
        body: {
          ...space,
          metadata: { ...space.metadata, labels: { ...space.metadata?.labels, [networkLabel]: network.name } },
        },
      })
      .catch((error: unknown) => {
        // The namespace itself would have to be of level restricted.
        expect(String(error)).toContain("pods-restricted-namespace");
      });
    const labels = { [networkLabel]: network.name, "pod-security.kubernetes.io/enforce": "restricted" };
    // Controllers write to a new namespace, too: what they wrote meanwhile is read again.
    await eventually("the namespace takes its labels", async () => {
      const now = await core.readNamespace({ name });
      const body = { ...now, metadata: { ...now.metadata, labels } };
      return core.replaceNamespace({ name, body }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof ApiException && error.code === 409) return false;
          throw error;
        },
      );
    });

    const path = `/apis/apps/v1/namespaces/${name}/deployments/old`;
    const current = async () => (await call(cluster.config, "GET", path)).body as KubeObject;
    await eventually("its policies hold there", async () => {
      const worse = { ...(await current()), spec: { ...spec, paused: true } };
      return (await call(cluster.config, "PUT", `${path}?dryRun=All`, worse)).code === 422;
    });
    const marked = await current();
    const annotations = { ...marked.metadata.annotations, "example.com/seen": "true" };
    const seen = await call(cluster.config, "PUT", path, { ...marked, metadata: { ...marked.metadata, annotations } });
    expect(seen.message).toBe("");
    const scale = (await call(cluster.config, "GET", `${path}/scale`)).body as object;
    expect((await call(cluster.config, "PUT", `${path}/scale`, { ...scale, spec: { replicas: 1 } })).message).toBe("");
    expect((await call(cluster.config, "DELETE", path)).message).toBe("");
    await removeNamespace(name);
  });
});

describe("waivers", () => {
  const name = "waived-network";
  const bad = (kind: string, called: string, rest: object = {}): KubernetesObject => ({
    apiVersion: kind === "Service" ? "v1" : "apps/v1",
    kind,
    metadata: { name: called, namespace: name },
    ...rest,
  });
  const open = { spec: { type: "LoadBalancer", ports: [{ name: "grpc", port: 7051 }] } };
  const waiver = (policy: string, object: string, expires: string) => ({
    policy,
    object,
    expires,
    owner: "platform team",
    reason: "It is being replaced.",
  });
  const only = ["exposure-inside-only", "images-tagged", "disruption-unready-leave-dns"];

  beforeAll(async () => {
    const waivers = [
      waiver("exposure-inside-only", `Service/${name}/gateway`, today),
      waiver("exposure-inside-only", `Service/${name}/ended`, "2026-06-14"),
      waiver("images-tagged", `Deployment/${name}/assets`, today),
      { policy: "disruption-unready-leave-dns", expires: today, owner: "platform team", reason: "Tried." },
    ];
    await makeNamespace(name, { [networkLabel]: name });
    const few = rules.filter(({ id }) => only.includes(id));
    for (const object of admissionObjects(few, { name, waivers }, today)) await make(object);
    await eventually("the policies are in force", async () =>
      tells(await dryRunCreate(cluster.config, bad("Service", "other", open)), "exposure-inside-only"),
    );
  });
  afterAll(async () => {
    await removeNamespace(name);
    await removePolicies(name);
  });

  test("let through the very object that they name, to their last day", async () => {
    const codes = ["gateway", "ended", "gateway-2"].map(async (called) =>
      dryRunCreate(cluster.config, bad("Service", called, open)).then(({ code }) => code),
    );
    expect(await Promise.all(codes)).toEqual([201, 422, 422]);
  });

  test("let through the pods of the workload that they name, and no others", async () => {
    const owned = (owner: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${owner}-x`,
        namespace: name,
        ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: "0" }],
      },
      spec: { containers: [{ name: "chaincode", image: "example:latest" }] },
    });
    await eventually("the account of its pods is there", async () => {
      const reply = await dryRunCreate(cluster.config, owned("assets-5d8f"));
      return reply.code === 201;
    });
    expect(await dryRunCreate(cluster.config, owned("others-5d8f"))).toMatchObject({ code: 422 });
  });

  test("of a whole policy keep it out of the cluster", async () => {
    const unready = {
      spec: { clusterIP: "None", publishNotReadyAddresses: true, ports: [{ name: "grpc", port: 7051 }] },
    };
    expect(await dryRunCreate(cluster.config, bad("Service", "peer-svc", unready))).toMatchObject({ code: 201 });
  });
});

async function removeNamespace(name: string): Promise<void> {
  await cluster.config.makeApiClient(CoreV1Api).deleteNamespace({ name });
}

async function removePolicies(...networks: readonly string[]): Promise<void> {
  for (const network of networks) {
    for (const resource of ["validatingadmissionpolicies", "validatingadmissionpolicybindings"]) {
      const selector = encodeURIComponent(`${networkLabel}=${network}`);
      const path = `/apis/admissionregistration.k8s.io/v1/${resource}?labelSelector=${selector}`;
      await call(cluster.config, "DELETE", path);
    }
  }
}
