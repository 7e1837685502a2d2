import type { Container } from "cdk8s-plus-28/lib/imports/k8s";
import { parse } from "yaml";
import { objectKey, type SiteManifests } from "../../lib/constructs/manifests";
import { manifestFiles } from "../../lib/constructs/yaml";
import type { NetworkInput } from "../../lib/spec/network";
import { at, changedKeys, consortium, find, ofKind, synthesise } from "./support";

/** A file of a node's ConfigMap. */
function configuration(manifests: SiteManifests, organisation: string, workload: string, file: string): string {
  const data = at(find(manifests, `ConfigMap/trade-${organisation}/${workload}-config`), "data") as Record<
    string,
    string
  >;
  return data[file] ?? "";
}

const withBank = (change: (bank: NonNullable<NetworkInput["organisations"]>[number]) => void): NetworkInput => {
  const changed = structuredClone(consortium);
  change(changed.organisations[0]!);
  return changed;
};

describe("a peer group", () => {
  const peers = () => find(synthesise(), "StatefulSet/trade-bank-a/peer0-bank-a");

  test("is a StatefulSet behind a headless Service, started in order, updated one by one (R6)", () => {
    expect(at(peers(), "spec")).toMatchObject({
      replicas: 2,
      serviceName: "peer-svc",
      podManagementPolicy: "OrderedReady",
      updateStrategy: { type: "RollingUpdate" },
    });
    expect(at(find(synthesise(), "Service/trade-bank-a/peer-svc"), "spec")).toMatchObject({
      clusterIP: "None",
      publishNotReadyAddresses: false,
    });
  });

  test("has a claim per pod, made before it, each of the class of its zone and no other (R6)", () => {
    const manifests = synthesise();
    const claims = ["data-peer0-bank-a-0", "data-peer0-bank-a-1"].map(
      (name) => `PersistentVolumeClaim/trade-bank-a/${name}`,
    );
    expect(claims.map((claim) => at(find(manifests, claim), "spec.storageClassName"))).toEqual([
      "trade-zone-a",
      "trade-zone-b",
    ]);
    expect(manifests.dependencies.get("StatefulSet/trade-bank-a/peer0-bank-a")).toEqual(expect.arrayContaining(claims));
    expect(at(find(manifests, "StorageClass/trade-zone-b"), "allowedTopologies")).toEqual([
      { matchLabelExpressions: [{ key: "topology.kubernetes.io/zone", values: ["zone-b"] }] },
    ]);
  });

  test("zones may be called whatever a node label may be; their classes are called as objects may be", () => {
    const manifests = synthesise(consortium, [{ name: "EU_1.a" }, { name: "2" }, { name: "z", witness: true }]);
    expect(at(find(manifests, "PersistentVolumeClaim/trade-bank-a/data-peer0-bank-a-0"), "spec.storageClassName")).toBe(
      "trade-eu-1-a",
    );
    expect(
      at(find(manifests, "StorageClass/trade-eu-1-a"), "allowedTopologies.0.matchLabelExpressions.0.values"),
    ).toEqual(["EU_1.a"]);
    expect(at(find(manifests, "StorageClass/trade-2"), "allowedTopologies.0.matchLabelExpressions.0.values")).toEqual([
      "2",
    ]);
  });

  test("never lets Kubernetes make or delete a claim by itself", () => {
    expect(at(peers(), "spec.persistentVolumeClaimRetentionPolicy")).toEqual({
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
    expect(at(peers(), "spec.volumeClaimTemplates.0.spec.storageClassName")).toBe("trade-claimed-first");
    expect(at(find(synthesise(), "StorageClass/trade-claimed-first"), "provisioner")).toBe(
      "kubernetes.io/no-provisioner",
    );
    for (const storage of ofKind(synthesise(), "StorageClass")) expect(at(storage, "reclaimPolicy")).toBe("Retain");
  });

  test("starts after the ordering nodes: in Pulumi, and by asking for them in the pod (R6)", () => {
    const manifests = synthesise();
    expect(manifests.dependencies.get("StatefulSet/trade-bank-a/peer0-bank-a")).toContain(
      "StatefulSet/trade-ordering/orderer",
    );
    const helpers = at(peers(), "spec.template.spec.initContainers") as { name: string; command: string[] }[];
    expect(helpers.map(({ name }) => name)).toEqual(["enrol", "await-orderers"]);
    const script = helpers[1]!.command[2];
    expect(script).toContain("ordering-ordering.trade-ordering.svc.cluster.local:7050");
  });

  test("has CouchDB beside it where chosen, on a volume of its own, with no password in any object", () => {
    const manifests = synthesise();
    const set = find(manifests, "StatefulSet/trade-bank-b/peer0-bank-b");
    const containers = at(set, "spec.template.spec.containers") as { name: string }[];
    expect(containers.map(({ name }) => name)).toEqual(["couchdb", "peer"]);
    expect(
      at(find(manifests, "PersistentVolumeClaim/trade-bank-b/couchdb-peer0-bank-b-1"), "spec.storageClassName"),
    ).toBe("trade-zone-b");
    expect(ofKind(manifests, "Secret")).toEqual([]);
    const core = configuration(manifests, "bank-b", "peer0-bank-b", "core.yaml");
    expect(core).toContain("stateDatabase: CouchDB");
    expect(core).not.toMatch(/password:\s*\S/);
  });
});

/** Agents learn every change of the consortium, so they are told of once and left out elsewhere. */
const withoutAgents = (keys: readonly string[]) => keys.filter((key) => !/\/agent(-model)?$/.test(key));

describe("what a change touches", () => {
  test("more memory for one peer group: its StatefulSet and nothing else", () => {
    const more = withBank((bank) => (bank.peers![0]!.resources = { memory: "2Gi" }));
    expect(changedKeys(synthesise(), synthesise(more))).toEqual(["StatefulSet/trade-bank-a/peer0-bank-a"]);
  });

  test("a changed ConfigMap restarts exactly the pods that read it", () => {
    const renamed = withBank((bank) => (bank.mspId = "OtherMSP"));
    expect(withoutAgents(changedKeys(synthesise(), synthesise(renamed)))).toEqual([
      "ConfigMap/trade-bank-a/peer0-bank-a-config",
      "Job/trade-bank-a/ca-init-<digest>",
      "Job/trade-bank-a/register-<digest>",
      "StatefulSet/trade-bank-a/peer0-bank-a",
    ]);
  });

  test("a third replica: its claim, its identity, its Service, the set's size and the budget; no other pod restarts", () => {
    const grown = synthesise(withBank((bank) => (bank.peers![0]!.replicas = 3)));
    expect(withoutAgents(changedKeys(synthesise(), grown))).toEqual([
      "Job/trade-bank-a/register-<digest>",
      "PersistentVolumeClaim/trade-bank-a/data-peer0-bank-a-2",
      "PodDisruptionBudget/trade-bank-a/peer-disruption",
      "Service/trade-bank-a/peer0-bank-a-2",
      "StatefulSet/trade-bank-a/peer0-bank-a",
    ]);
    const template = (manifests: SiteManifests) =>
      at(find(manifests, "StatefulSet/trade-bank-a/peer0-bank-a"), "spec.template");
    expect(template(grown)).toEqual(template(synthesise()));
  });

  test("what agents agree on reaches every one of them, and they restart so that a run waits for what they make of it", () => {
    const grown = changedKeys(synthesise(), synthesise(withBank((bank) => (bank.peers![0]!.replicas = 3))));
    for (const name of ["bank-a", "bank-b", "bank-c", "ordering"]) {
      expect(grown).toContain(`ConfigMap/trade-${name}/agent-model`);
      expect(grown).toContain(`Deployment/trade-${name}/agent`);
    }
  });

  test("two more ordering nodes restart no peer", () => {
    const more = structuredClone(consortium);
    more.organisations[3]!.orderers!.nodes = 7;
    const touched = changedKeys(synthesise(), synthesise(more));
    expect(withoutAgents(touched).filter((key) => !key.includes("/trade-ordering/"))).toEqual([]);
  });

  test("a larger disk grows the claims in place: the StatefulSet's template stays as it is", () => {
    const larger = withBank((bank) => (bank.peers![0]!.storage = "40Gi"));
    expect(changedKeys(synthesise(), synthesise(larger))).toEqual([
      "PersistentVolumeClaim/trade-bank-a/data-peer0-bank-a-0",
      "PersistentVolumeClaim/trade-bank-a/data-peer0-bank-a-1",
    ]);
  });
});

test("ordering nodes of several organisations are restarted one organisation after the other", () => {
  const each = structuredClone(consortium);
  each.organisations[3]!.orderers!.nodes = 3;
  each.organisations[0]!.orderers = { nodes: 1, name: "first" };
  each.organisations[1]!.orderers = { nodes: 1, name: "second" };
  const { dependencies } = synthesise(each);
  const after = (key: string) => dependencies.get(key)?.filter((other) => other.startsWith("StatefulSet/"));
  expect(after("StatefulSet/trade-bank-a/first")).toEqual([]);
  expect(after("StatefulSet/trade-bank-b/second")).toEqual(["StatefulSet/trade-bank-a/first"]);
  expect(after("StatefulSet/trade-ordering/orderer")).toEqual(["StatefulSet/trade-bank-b/second"]);
  expect(after("StatefulSet/trade-bank-c/peer0-bank-c")).toEqual(["StatefulSet/trade-ordering/orderer"]);
});

describe("disruption budgets", () => {
  test("keep all ordering nodes but one, and all peers but one", () => {
    const manifests = synthesise();
    expect(at(find(manifests, "PodDisruptionBudget/trade-ordering/orderer-disruption"), "spec.minAvailable")).toBe(4);
    expect(at(find(manifests, "PodDisruptionBudget/trade-bank-a/peer-disruption"), "spec.minAvailable")).toBe(1);
  });

  test("let a single peer go, as nothing could be drained and no certificate renewed else", () => {
    const single = structuredClone(consortium);
    single.organisations[0]!.peers![0]!.replicas = 1;
    single.organisations[0]!.gatewayMayStopBecause = "It only audits.";
    single.channels = [];
    expect(at(find(synthesise(single), "PodDisruptionBudget/trade-bank-a/peer-disruption"), "spec.minAvailable")).toBe(
      0,
    );
  });

  test("always let go of what is not ready", () => {
    const budgets = ofKind(synthesise(), "PodDisruptionBudget");
    expect(budgets.length).toBeGreaterThan(0);
    for (const budget of budgets) expect(at(budget, "spec.unhealthyPodEvictionPolicy")).toBe("AlwaysAllow");
  });
});

describe("every pod", () => {
  test("gives the token of its account to those containers only that talk to the API server", () => {
    const manifests = synthesise();
    const withToken = [...ofKind(manifests, "Deployment"), ...ofKind(manifests, "Job")].flatMap((workload) => {
      const spec = at(workload, "spec.template.spec") as {
        readonly automountServiceAccountToken: boolean;
        readonly initContainers?: readonly Container[];
        readonly containers: readonly Container[];
      };
      expect(spec.automountServiceAccountToken).toBe(false);
      const containers = [...(spec.initContainers ?? []), ...spec.containers];
      return containers.filter(({ volumeMounts = [] }) => volumeMounts.some(({ name }) => name === "token"));
    });
    expect(new Set(withToken.map(({ name }) => name))).toEqual(
      new Set(["agent", "publish-msp", "register", "registrar-secret"]),
    );
  });

  test("asks for the restricted Pod Security Standard, has no token, and a read-only root", () => {
    const manifests = synthesise();
    for (const set of [...ofKind(manifests, "StatefulSet"), ...ofKind(manifests, "Job")]) {
      expect(at(set, "spec.template.spec")).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      const { containers, initContainers = [] } = at(set, "spec.template.spec") as Record<string, object[]>;
      for (const container of [...containers!, ...initContainers]) {
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: { requests: { cpu: expect.any(String), memory: expect.any(String) } },
        });
      }
    }
    for (const namespace of ofKind(manifests, "Namespace")) {
      expect(namespace.metadata.labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");
    }
    for (const account of ofKind(manifests, "ServiceAccount"))
      expect(account["automountServiceAccountToken"]).toBe(false);
  });

  test("lives while it listens, and is ready when /healthz says so: CouchDB's hiccups restart nobody", () => {
    for (const set of ofKind(synthesise(), "StatefulSet")) {
      const containers = at(set, "spec.template.spec.containers") as { name: string }[];
      const nodes = containers.filter(({ name }) => name !== "couchdb");
      for (const node of nodes) {
        const port = node.name === "peer" || node.name === "orderer" ? "grpc" : node.name;
        const operations = node.name === "tls-ca" ? "tls-operations" : "operations";
        expect(node).toMatchObject({
          livenessProbe: { tcpSocket: { port } },
          readinessProbe: { httpGet: { scheme: "HTTPS", path: "/healthz", port: operations } },
          startupProbe: { tcpSocket: { port } },
        });
      }
    }
  });

  test("names each of its ports once: whoever looks a name up, as monitors do, finds the first container only", () => {
    for (const set of ofKind(synthesise(), "StatefulSet")) {
      const containers = at(set, "spec.template.spec.containers") as { ports?: { name: string }[] }[];
      const names = containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name));
      expect([set.metadata.name, names]).toEqual([set.metadata.name, [...new Set(names)]]);
    }
  });
});

test("the same network gives the same bytes, one folder per site, and every file is valid YAML of the same objects", () => {
  const [one, other] = [synthesise(), synthesise()].map(manifestFiles);
  expect(one).toEqual(other);
  expect(one!.map(({ path }) => path)).toEqual([
    "city/0-cluster.yaml",
    "city/trade-bank-a.yaml",
    "city/trade-bank-b.yaml",
    "city/trade-bank-c.yaml",
    "city/trade-ordering.yaml",
  ]);
  const read = one!.flatMap(({ text }) => text.split("---\n").map((document) => parse(document) as object));
  const objects = synthesise().objects;
  expect(read).toHaveLength(objects.length);
  expect(read).toEqual(expect.arrayContaining([...objects]));
});

test("two objects never share a name", () => {
  const keys = synthesise().objects.map(objectKey);
  expect(new Set(keys).size).toBe(keys.length);
});
