/** The converter's examples on real engines: what KubeFed gives members, and what Karmada gives them after a conversion. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { stringify } from "yaml";
import type { ManifestObject } from "../../lib/federation/convert/manifest";
import { kindOf } from "../../lib/federation/kinds";
import { typeConfig, typeDefinition } from "../../lib/federation/kubefed/types";
import { loadConfig } from "../../sandbox/controlplane/client";
import { type Federation, startFederation } from "../../sandbox/federation/federation";
import { stopSandbox } from "../../sandbox/sandbox";
import { unsaidDifferences } from "../support/federation/conversion-differences";
import { byKubeFed, type ModelMember, type Placed } from "../support/federation/conversion-models";
import { converted, exampleText, hubObjects, objectsIn } from "../support/federation/conversions";
import { eventually } from "./support/cluster";
import { adminToken, authorityOf } from "./support/member-token";
import { call, collectionPath } from "./support/request";

jest.setTimeout(400_000);

const folder = mkdtempSync(join(tmpdir(), "convert-test-"));
const dir = join(folder, "federation");
const members: readonly ModelMember[] = [
  { name: "aws-prod", labels: { env: "prod", cloud: "aws" } },
  { name: "gcp-staging", labels: { env: "staging", cloud: "gcp" } },
  { name: "third", labels: { env: "prod", cloud: "other" } },
];
/** Examples that need nothing but Kubernetes' own kinds; KubeFed's scheduler of replicas is not switched on. */
const examples = ["namespaces.yaml", "workloads.yaml", "cluster-scoped.yaml"];
const versions = { Deployment: "apps/v1", StatefulSet: "apps/v1", ClusterRole: "rbac.authorization.k8s.io/v1" };

const system = "kube-federation-system";

/** What a member has already when Karmada comes; one object is not as it should be. */
const leftByKubeFed = [
  { kind: "Namespace", metadata: { name: "trade", labels: { "kubefed.io/managed": "true" } } },
  {
    kind: "ConfigMap",
    metadata: { name: "alike", namespace: "trade", labels: { "kubefed.io/managed": "true" } },
    data: { mode: "changed by hand" },
  },
].map((object): ManifestObject => ({ apiVersion: "v1", ...object }));
const manifests = examples.flatMap((file) => objectsIn(exampleText("corpus", file)));
const model = byKubeFed(manifests, members, versions);

afterAll(async () => {
  await stopSandbox(dir);
  rmSync(folder, { recursive: true, force: true });
});

/** The members as KubeFed knows them, with credentials that work. */
async function joined(federation: Federation): Promise<ManifestObject[]> {
  const objects = members.map(async ({ name, labels }): Promise<ManifestObject[]> => {
    const member = federation.cluster(name);
    const secret = `${name}-x7k2p`;
    return [
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: secret, namespace: system },
        data: { token: await adminToken(member) },
      },
      {
        apiVersion: "core.kubefed.io/v1beta1",
        kind: "KubeFedCluster",
        metadata: { name, namespace: system, labels },
        spec: { apiEndpoint: member.server, caBundle: authorityOf(member), secretRef: { name: secret } },
      },
    ];
  });
  return (await Promise.all(objects)).flat();
}

/** Makes objects one after the other; what is there already stays. */
async function make(kubeconfig: string, objects: readonly ManifestObject[]): Promise<void> {
  for (const object of objects) {
    const { name, namespace, labels, annotations } = object.metadata;
    const body = { ...without(object, "status"), metadata: { name, namespace, labels, annotations } };
    let said = "";
    // A kind that was defined a moment ago is not served yet.
    await eventually(`${object.kind} ${name} is taken`, async () => {
      const config = loadConfig(kubeconfig);
      const path = await collectionPath(config, { ...body, metadata: { name, ...(namespace && { namespace }) } }).catch(
        () => "",
      );
      if (path === "") return false;
      const { code, message } = await call(config, "POST", path, body);
      said = `${code} ${message}`;
      return code < 300 || code === 409;
    }).catch((error: unknown) => {
      throw new Error(`${object.kind} ${namespace ?? ""}/${name}: ${said}`, { cause: error });
    });
  }
}

/** Of all objects that any member may have, those that each one has, without what its controllers and engines write. */
async function observed(federation: Federation): Promise<Placed> {
  const objects = new Map(
    [...model.placed.values()].map((object) => [
      JSON.stringify([object.kind, object.metadata.namespace, object.metadata.name]),
      object,
    ]),
  );
  const placed = new Map<string, ManifestObject>();
  for (const { name: member } of members) {
    const config: KubeConfig = loadConfig(federation.cluster(member).kubeconfig);
    for (const object of objects.values()) {
      const { name, namespace } = object.metadata;
      const path = await collectionPath(config, { ...object, metadata: { name, ...(namespace && { namespace }) } });
      const { code, body } = await call(config, "GET", `${path}/${name}`);
      if (code === 200) placed.set(`${member}: ${object.kind}/${namespace ?? ""}/${name}`, own(body as ManifestObject));
    }
  }
  return placed;
}

function own(object: ManifestObject): ManifestObject {
  const { name, namespace, labels = {}, annotations = {} } = object.metadata;
  const theirs = /^(kubefed\.io|deployment\.kubernetes\.io)\/|karmada\.io\//;
  const kept = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !theirs.test(key)));
  const spec = object["spec"] as Readonly<Record<string, unknown>> | undefined;
  return {
    ...(without(object, "status") as ManifestObject),
    // A Service's addresses are each member's own.
    ...(spec === undefined ? {} : { spec: without(spec, "clusterIP", "clusterIPs") }),
    metadata: { name, namespace, labels: kept(labels), annotations: kept(annotations) },
  };
}

const without = (object: Readonly<Record<string, unknown>>, ...fields: string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));

const keys = (placed: Placed): string[] => [...placed.keys()].sort();

describe("manifests for KubeFed, converted for Karmada", () => {
  let before: Placed;

  test("are what the real KubeFed gives to members", async () => {
    const federation = await startFederation({ dir, members, engine: "kubefed", owner: process.pid });
    try {
      const kinds = [
        ...new Map([...model.placed.values()].map((object) => [object.kind, kindOf(object as never)])).values(),
      ];
      const types = kinds.flatMap((kind) => [typeDefinition(kind), typeConfig(kind)]);
      const spaces = manifests.flatMap(({ kind, metadata: { name } }) =>
        kind === "FederatedNamespace" ? [{ apiVersion: "v1", kind: "Namespace", metadata: { name } }] : [],
      );
      const federated = manifests.filter(({ kind }) => kind.startsWith("Federated"));
      await make(federation.host.kubeconfig, [...types, ...(await joined(federation)), ...spaces, ...federated]);
      await eventually(
        "members have what KubeFed's rules say",
        async () => {
          before = await observed(federation);
          return keys(model.placed).every((key) => before.has(key));
        },
        120,
      ).catch(() => undefined);
      expect(keys(before)).toEqual(keys(model.placed));
    } finally {
      await federation.stop();
    }
  });

  test("are what the real Karmada gives them afterwards, but for what the report says, also where they stand already", async () => {
    const federation = await startFederation({ dir, members, engine: "karmada", owner: process.pid });
    try {
      const text = [...(await joined(federation)), ...manifests].map((object) => stringify(object, { version: "1.1" }));
      const conversion = converted({ "everything.yaml": text.join("---\n") });
      expect(conversion.problems).toEqual([]);
      const { host } = federation;
      await make(federation.cluster("aws-prod").kubeconfig, leftByKubeFed);
      await make(host.kubeconfig, conversion.karmada.members);
      await eventually("every converted member is ready", async () => {
        const config = loadConfig(host.kubeconfig);
        const { body } = await call(config, "GET", "/apis/cluster.karmada.io/v1alpha1/clusters");
        const { items } = body as { items: { status?: { conditions?: { type: string; status: string }[] } }[] };
        const ready = items.filter(({ status }) =>
          status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
        );
        return ready.length === members.length;
      });
      await make(
        host.kubeconfig,
        hubObjects(conversion).filter((object) => !conversion.karmada.members.includes(object)),
      );
      let unsaid: string[] = [];
      await eventually(
        "members have the same objects",
        async () => {
          unsaid = unsaidDifferences(before, await observed(federation), conversion);
          return unsaid.length === 0;
        },
        120,
      ).catch(() => undefined);
      expect(unsaid).toEqual([]);
    } finally {
      await federation.stop();
    }
  });
});
