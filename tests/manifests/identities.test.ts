import { objectKey, type KubeObject, type SiteManifests } from "../../lib/constructs/manifests";
import { at, changedKeys, consortium, find, ofKind, synthesise, withAuthority } from "./support";

interface Container {
  readonly name: string;
  readonly terminationMessagePolicy?: string;
  readonly volumeMounts?: readonly Mount[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}
interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

const containersOf = (workload: KubeObject): Container[] => {
  const { containers, initContainers = [] } = at(workload, "spec.template.spec") as Record<string, Container[]>;
  return [...initContainers, ...containers!];
};
const volumesOf = (workload: KubeObject) =>
  at(workload, "spec.template.spec.volumes") as { name: string; secret?: { secretName: string; items?: unknown } }[];
const workloads = (manifests: SiteManifests) =>
  ["StatefulSet", "Deployment", "Job"].flatMap((kind) => ofKind(manifests, kind));
const jobs = (manifests: SiteManifests, role: string, namespace = "trade-bank-a") =>
  ofKind(manifests, "Job").filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.name.startsWith(`${role}-`),
  );

test("no manifest holds a key, a password or a secret: all of them are made in the cluster", () => {
  const manifests = synthesise();
  expect(ofKind(manifests, "Secret")).toEqual([]);
  expect(JSON.stringify(manifests.objects)).not.toMatch(/PRIVATE KEY-----\\n[A-Za-z0-9]/);
  for (const workload of workloads(manifests))
    for (const { env } of containersOf(workload))
      for (const { name, value } of env ?? []) if (/PASSWORD|SECRET/.test(name)) expect(value).toMatch(/^\/run\//);
});

test("what ends a container is to be seen at its pod, also where it is in its log only", () => {
  for (const workload of workloads(synthesise()))
    for (const { name, terminationMessagePolicy } of containersOf(workload))
      if (name !== "agent") expect([name, terminationMessagePolicy]).toEqual([name, "FallbackToLogsOnError"]);
});

test("a pod sees its own enrolment secret only, and only while it enrols", () => {
  const manifests = synthesise();
  for (const workload of workloads(manifests)) {
    const using = containersOf(workload).flatMap(({ name, volumeMounts }) =>
      (volumeMounts ?? []).filter((mount) => mount.name === "enrolment").map((mount) => ({ ...mount, name })),
    );
    if (using.length === 0) continue;
    expect(using.map(({ name }) => name)).toEqual(["enrol"]);
    const [{ subPath, subPathExpr }] = using as [Mount];
    const own = subPathExpr === "$(POD_NAME)" || (subPath !== undefined && subPath !== "");
    expect(own).toBe(true);
    const volume = volumesOf(workload).find(({ name }) => name === "enrolment");
    if (subPath !== undefined) expect(volume?.secret?.items).toEqual([{ key: subPath, path: subPath }]);
  }
});

test("pods enrol before anything else that they do", () => {
  for (const set of ofKind(synthesise(), "StatefulSet").filter(({ metadata }) => !metadata.name.startsWith("ca-"))) {
    expect(containersOf(set)[0]?.name).toBe("enrol");
  }
});

test("only ordering nodes keep the key of their TLS certificate for ever", () => {
  const manifests = synthesise();
  const keeps = (key: string) =>
    containersOf(find(manifests, key))[0]?.env?.find(({ name }) => name === "ENROL_KEEP_TLS_KEY")?.value;
  expect(keeps("StatefulSet/trade-ordering/orderer")).toBe("yes");
  expect(keeps("StatefulSet/trade-bank-a/peer0-bank-a")).toBe("");
});

test("the servers of an authority see nothing of each other's keys, nor of the root's", () => {
  const manifests = synthesise();
  const set = find(manifests, "StatefulSet/trade-bank-a/ca-bank-a");
  const data = (name: string) =>
    containersOf(set)
      .find((container) => container.name === name)
      ?.volumeMounts?.filter((mount) => mount.name === "data");
  expect(data("ca")).toEqual([{ name: "data", mountPath: "/var/hyperledger/ca", subPath: "ca" }]);
  expect(data("tls-ca")).toEqual([{ name: "data", mountPath: "/var/hyperledger/tls-ca", subPath: "tls-ca" }]);
  const users = workloads(manifests).filter((one) => JSON.stringify(one).includes('"root-ca-bank-a"'));
  expect(users).toEqual(jobs(manifests, "ca-init"));
});

test("of a Job's containers only the agent's may talk to the API server, about nothing but its own objects", () => {
  const manifests = synthesise();
  for (const job of ofKind(manifests, "Job")) {
    for (const { name, volumeMounts } of containersOf(job)) {
      const token = (volumeMounts ?? []).some((mount) => mount.name === "token");
      expect([name, token]).toEqual([name, name !== "authorities"]);
    }
  }
  const rules = (name: string) =>
    at(find(manifests, `Role/trade-bank-a/${name}`), "rules") as { verbs: string[]; resourceNames?: string[] }[];
  for (const { verbs, resourceNames } of [...rules("ca-init"), ...rules("register")]) {
    // Kubernetes cannot limit what may be created to a name.
    if (resourceNames === undefined) expect(verbs).toEqual(["create"]);
    else expect(["ca-registrar", "enrolment", "msp"]).toEqual(expect.arrayContaining(resourceNames));
  }
});

test("authorities are made, then run, then know the nodes, and only then nodes start", () => {
  const manifests = synthesise();
  const [init, register] = ["ca-init", "register"].map((role) => objectKey(jobs(manifests, role)[0]!)) as [
    string,
    string,
  ];
  const before = (key: string) => manifests.dependencies.get(key);
  expect(before(init)).toEqual(
    expect.arrayContaining([
      "PersistentVolumeClaim/trade-bank-a/root-ca-bank-a",
      "PersistentVolumeClaim/trade-bank-a/data-ca-bank-a-0",
    ]),
  );
  expect(before("StatefulSet/trade-bank-a/ca-bank-a")).toContain(init);
  expect(before(register)).toContain("StatefulSet/trade-bank-a/ca-bank-a");
  expect(before("StatefulSet/trade-bank-a/peer0-bank-a")).toContain(register);
});

test("every identity is registered with the role that its pod plays", () => {
  const told = (namespace: string) =>
    JSON.parse(
      containersOf(jobs(synthesise(), "register", namespace)[0]!)[0]!.env!.find(
        ({ name }) => name === "AGENT_IDENTITIES",
      )!.value!,
    ) as unknown;
  expect(told("trade-bank-a")).toEqual([
    { name: "peer0-bank-a-0", type: "peer" },
    { name: "peer0-bank-a-1", type: "peer" },
    { name: "agent", type: "admin" },
    { name: "client", type: "client" },
    { name: "chaincode", type: "client" },
  ]);
  expect(told("trade-ordering")).toEqual([
    ...[0, 1, 2, 3, 4].map((ordinal) => ({ name: `orderer-${ordinal}`, type: "orderer" })),
    { name: "agent", type: "admin" },
  ]);
});

describe("an organisation with authorities of its own", () => {
  const own = synthesise(
    withAuthority({
      replicas: 2,
      certificates: { secretName: "bank-authorities" },
      registry: { postgresql: { secretName: "bank-registry" } },
    }),
  );

  test("has none made, and publishes certificates without seeing the keys", () => {
    const [init] = jobs(own, "ca-init");
    expect(containersOf(init!).map(({ name }) => name)).toEqual(["registrar-secret", "publish-msp"]);
    expect(volumesOf(init!).find(({ name }) => name === "published")?.secret?.items).toEqual([
      { key: "ca-chain.crt", path: "ca-chain.pem" },
      { key: "tls-ca.crt", path: "tlscacert.pem" },
    ]);
    expect(own.objects.map(objectKey)).not.toContain("PersistentVolumeClaim/trade-bank-a/root-ca-bank-a");
  });

  test("runs two in two zones, of which one may be evicted, on a common registry", () => {
    expect(at(find(own, "StatefulSet/trade-bank-a/ca-bank-a"), "spec.replicas")).toBe(2);
    const zones = [0, 1].map((ordinal) =>
      at(find(own, `PersistentVolumeClaim/trade-bank-a/data-ca-bank-a-${ordinal}`), "spec.storageClassName"),
    );
    expect(zones).toEqual(["trade-zone-a", "trade-zone-b"]);
    expect(at(find(own, "PodDisruptionBudget/trade-bank-a/ca-disruption"), "spec.minAvailable")).toBe(1);
    const files = at(find(own, "ConfigMap/trade-bank-a/ca-bank-a-config"), "data") as Record<string, string>;
    for (const name of ["ca.yaml", "tls-ca.yaml"]) expect(files[name]).toMatch(/type: postgres\n/);
    expect(JSON.stringify(files)).not.toContain("datasource: host");
  });
});

test("longer-lived certificates are the authorities' business: no node restarts", () => {
  const longer = { ...structuredClone(consortium), identities: { validity: "17520h" } };
  const changed = changedKeys(synthesise(), synthesise(longer));
  expect(changed.filter((key) => !/\/ca-/.test(key))).toEqual([]);
});
