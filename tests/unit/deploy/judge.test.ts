import type { KubeObject } from "../../../lib/constructs/manifests";
import { bytes, stands } from "../../../lib/deploy/fields";
import { PreflightError, type ObjectFinding } from "../../../lib/deploy/findings";
import type { Inspected, LiveObject, Refusal } from "../../../lib/deploy/live";
import { assertFit, judge, type PreflightOptions } from "../../../lib/deploy/preflight";

const labels = { "fabric-topologies.dev/network": "net" };
const desired = (apiVersion: string, kind: string, name: string, rest: Record<string, unknown> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "ns", labels },
  ...rest,
});
const liveOf = (
  object: KubeObject,
  rest: Record<string, unknown> = {},
  metadata: Partial<LiveObject["metadata"]> = {},
): LiveObject => ({
  ...object,
  ...rest,
  metadata: { ...object.metadata, ...metadata },
});
const inspected = (object: KubeObject, rest: Partial<Inspected> = {}): Inspected => ({
  key: object.kind,
  desired: object,
  ...rest,
});
const findingsOf = (
  one: Inspected | readonly Inspected[],
  options: PreflightOptions & { grows?: boolean } = {},
): readonly ObjectFinding[] =>
  judge(Array.isArray(one) ? one : [one as Inspected], { ...options, user: "alice", growth: () => options.grows })
    .findings;

const node = { "fabric-topologies.dev/organisation": "org1", "app.kubernetes.io/instance": "peer0-org1" };
const claim = (spec: Record<string, unknown>, zone = "zone-a"): KubeObject => {
  const object = desired("v1", "PersistentVolumeClaim", "data-peer0-org1-0", { spec });
  return {
    ...object,
    metadata: { ...object.metadata, labels: { ...labels, ...node, "topology.kubernetes.io/zone": zone } },
  };
};
const size = (storage: string) => ({ resources: { requests: { storage } } });

describe("claims", () => {
  const now = { storageClassName: "net-zone-a", accessModes: ["ReadWriteOnce"], ...size("10Gi") };
  const change = (spec: Record<string, unknown>, zone?: string, grows?: boolean) =>
    findingsOf(inspected(claim({ ...now, ...spec }, zone), { live: liveOf(claim({ ...now, volumeName: "pv-1" })) }), {
      ...(grows === undefined ? {} : { grows }),
    });

  test("the same claim, bound since, is in order", () => expect(change({})).toEqual([]));

  test("another zone", () => {
    expect(change({ storageClassName: "net-zone-b" }, "zone-b").map(({ found }) => found)).toEqual([
      "a volume in zone-a that would have to be in zone-b",
      "spec.storageClassName net-zone-a, to become net-zone-b",
    ]);
  });

  test("another zone while the class stays the same: how to keep the node where it is", () => {
    const [finding, ...more] = change({}, "zone-b");
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      found: "a volume in zone-a that would have to be in zone-b",
      fix: expect.stringMatching(
        /^keep the node there: `pods: \[org1\/peer0-org1-0\]` at zone-a .*move new organisations to the end of the file/,
      ),
    });
  });

  test.each([
    ["data-ca-org1-0", "ca"],
    ["root-ca-org1", "ca-init"],
  ])("the keys of authorities stay where they are: %s", (name, role) => {
    const at = (zone: string): KubeObject => {
      const object = claim(now, zone);
      const own = { "app.kubernetes.io/instance": "ca-org1", "fabric-topologies.dev/role": role };
      return { ...object, metadata: { ...object.metadata, name, labels: { ...object.metadata.labels, ...own } } };
    };
    const [finding] = findingsOf(inspected(at("zone-b"), { live: liveOf(at("zone-a")) }));
    expect(finding?.fix).toMatch(/^keep the node there: `pods: \[org1\/ca-org1-0\]` at zone-a/);
    expect(finding?.fix).not.toContain("copies the ledger");
  });

  test("another way of access", () => {
    expect(change({ accessModes: ["ReadWriteMany"] })[0]?.found).toBe(
      'spec.accessModes ["ReadWriteOnce"], to become ["ReadWriteMany"]',
    );
  });

  test("less storage", () => {
    expect(change(size("5120Mi"))).toEqual([
      {
        object: "PersistentVolumeClaim/ns/data-peer0-org1-0",
        found: "10Gi of storage, to become 5120Mi",
        allowed: "10Gi or more: a volume does not shrink",
        fix: "set the storage to 10Gi again",
      },
    ]);
  });

  test("more storage, where the class can, cannot, and is gone", () => {
    expect(change(size("20Gi"), undefined, true)).toEqual([]);
    const [cannot] = change(size("20Gi"), undefined, false);
    expect(cannot?.found).toMatch(/^10Gi of storage, to become 20Gi, and .*net-zone-a does not allow volumes to grow/);
    expect(cannot?.fix).toMatch(/kubectl patch storageclass net-zone-a/);
    expect(change(size("20Gi"))[0]?.found).toMatch(/"net-zone-a" is not in the cluster$/);
  });

  test("the same amount in other words is no change", () => {
    expect(change(size("10240Mi"))).toEqual([]);
    expect(bytes("1.5Gi")).toBe(1.5 * 2 ** 30);
    expect(bytes("2e9")).toBe(bytes("2G"));
    expect(bytes("many")).toBeNaN();
  });
});

describe("fields that are fixed", () => {
  const spec = {
    serviceName: "peer-svc",
    selector: { matchLabels: { a: "b" } },
    podManagementPolicy: "OrderedReady",
    revisionHistoryLimit: 10,
  };
  const change = (rest: Record<string, unknown>) => {
    const object = desired("apps/v1", "StatefulSet", "peer0-org1", { spec: { ...spec, ...rest } });
    return findingsOf(inspected(object, { live: liveOf(object, { spec }) }));
  };
  test.each([
    ["serviceName", { serviceName: "other" }, "spec.serviceName peer-svc, to become other"],
    [
      "podManagementPolicy",
      { podManagementPolicy: "Parallel" },
      "spec.podManagementPolicy OrderedReady, to become Parallel",
    ],
    [
      "revisionHistoryLimit, which Pulumi would delete it for",
      { revisionHistoryLimit: 3 },
      "spec.revisionHistoryLimit 10, to become 3",
    ],
  ])("%s", (_, rest, found) => {
    const [finding, ...more] = change(rest);
    expect(more).toEqual([]);
    expect(finding?.found).toBe(found);
    expect(finding?.fix).toMatch(/kubectl delete statefulset peer0-org1 -n ns --cascade=orphan.*pods and volumes stay/);
  });
  test("a selector: pods that run would not be taken over, so there is no way around", () => {
    const [finding, ...more] = change({ selector: { matchLabels: { a: "c" } } });
    expect(more).toEqual([]);
    expect(finding?.found).toBe('spec.selector {"matchLabels":{"a":"b"}}, to become {"matchLabels":{"a":"c"}}');
    expect(finding?.fix).toBe("keep it: the pods that run would not be taken over");
  });

  describe("volumes of pods", () => {
    const templates = (...names: string[]) =>
      names.map((name) => ({ metadata: { name }, spec: { storageClassName: "net-claimed-first", ...size("1Gi") } }));
    const between = (have: unknown, want: unknown) => {
      const object = desired("apps/v1", "StatefulSet", "peer0-org1", { spec: { ...spec, volumeClaimTemplates: want } });
      return findingsOf(inspected(object, { live: liveOf(object, { spec: { ...spec, volumeClaimTemplates: have } }) }));
    };

    test.each([
      [["data"], ["data", "couchdb"]],
      [["data", "couchdb"], ["data"]],
    ])("%j to %j: a state database does not change under its ledger", (have, want) => {
      const [finding, ...more] = between(templates(...have), templates(...want));
      expect(more).toEqual([]);
      expect(finding).toMatchObject({
        found: `volumes \`${have.join(", ")}\` for each pod, to become \`${want.join(", ")}\``,
        allowed: `\`${have.join(", ")}\`: a peer's state database cannot change under its ledger`,
        fix: "keep it; or give the group another name (a new group catches up from the others), then remove this one",
      });
    });

    test("others: no way around is named that keeps pods", () => {
      const [finding] = between(templates("data"), templates("data", "logs"));
      expect(finding?.allowed).toMatch(/^`data`: the volumes of pods are fixed/);
      expect(finding?.fix).not.toMatch(/orphan/);
    });

    test("the same volumes from another class: pods stay as they are", () => {
      const [finding] = between(templates("data"), [{ metadata: { name: "data" }, spec: { storageClassName: "x" } }]);
      expect(finding?.fix).toMatch(/--cascade=orphan/);
    });
  });

  test("what the server fills in is no change", () => {
    expect(change({ replicas: 3, podManagementPolicy: undefined, revisionHistoryLimit: undefined })).toEqual([]);
    expect(stands({ a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }] })).toBe(true);
    expect(stands({ a: [{ b: 1 }] }, { a: [{ b: 1 }, { b: 2 }] })).toBe(false);
  });
});

describe("objects of others", () => {
  const object = desired("v1", "ConfigMap", "peer-config");
  const conflict: Refusal = {
    code: 409,
    message: "Apply failed",
    causes: [
      { reason: "FieldManagerConflict", message: 'conflict with "kubectl-edit" using v1', field: ".data.core.yaml" },
      { reason: "FieldManagerConflict", message: 'conflict with "kubectl-edit" using v1', field: ".data.b" },
      { reason: "FieldManagerConflict", message: 'conflict with "hpa" using v1', field: ".spec.replicas" },
    ],
  };

  test("are not taken over without consent", () => {
    const live = liveOf(
      object,
      {},
      { labels: {}, managedFields: [{ manager: "kubectl-create" }, { manager: "kubectl-create" }] },
    );
    const [finding] = findingsOf(inspected(object, { live }));
    expect(finding?.found).toMatch(/somebody else made \(with kubectl-create\)/);
    expect(finding?.fix).toMatch(/fabric-topologies:adopt true/);
    expect(findingsOf(inspected(object, { live }), { adopt: true })).toEqual([]);
  });

  test("are never taken from another network", () => {
    const live = liveOf(object, {}, { labels: { "fabric-topologies.dev/network": "other" } });
    expect(findingsOf(inspected(object, { live }), { adopt: true })[0]?.found).toMatch(/object of the network "other"/);
  });

  test("are not taken from another stack of the same network, told once; what names no stack is ours", () => {
    const of = (name: string, stack?: string) => {
      const one = desired("v1", "ConfigMap", name);
      const annotations: Record<string, string> = stack === undefined ? {} : { "fabric-topologies.dev/stack": stack };
      return inspected(one, { live: liveOf(one, {}, { annotations }) });
    };
    const all = [of("a", "p/dev"), of("b", "p/prod"), of("c", "p/prod"), of("d")];
    const [finding, ...more] = findingsOf(all, { stack: "p/dev" });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      object: "ConfigMap/ns/b",
      found: "an object of the stack p/prod (annotation fabric-topologies.dev/stack), and 1 more of it",
      fix: expect.stringMatching(/fabric-topologies:adopt true/),
    });
    expect(findingsOf(all, { stack: "p/dev", adopt: true })).toEqual([]);
  });

  test("fields that others changed: one finding for each of them, with both values", () => {
    const mine = { ...object, data: { "core.yaml": "a: 1", b: "2" } };
    const live = liveOf(mine, { data: { "core.yaml": "a: 9", b: "3" } });
    const [edit, hpa, ...more] = findingsOf(inspected(mine, { live, refusal: conflict }));
    expect(more).toEqual([]);
    expect(edit).toMatchObject({
      found: "kubectl-edit has set .data.core.yaml to a: 9, .data.b to 3",
      allowed: ".data.core.yaml to a: 1, .data.b to 2",
    });
    expect(edit?.fix).toMatch(/`pulumi refresh --yes`, then `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up`$/);
    expect(hpa?.found).toBe("hpa has set .spec.replicas");
  });

  test("nothing that a Secret holds is shown", () => {
    const secret = desired("v1", "Secret", "couchdb", { type: "Opaque", data: { password: "bWluZQ==" } });
    const live = liveOf(secret, { data: { password: "dGhlaXJz" } });
    const causes = [{ reason: "FieldManagerConflict", message: 'conflict with "x" using v1', field: ".data.password" }];
    const told = [
      ...findingsOf(inspected(secret, { live, refusal: { code: 409, message: "m", causes } })),
      ...findingsOf(
        inspected(secret, {
          live,
          refusal: {
            code: 422,
            message: 'Invalid value: "bWluZQ=="',
            causes: [{ field: "data[password]", reason: "FieldValueInvalid" }],
          },
        }),
      ),
    ];
    expect(told.map(({ found }) => found)).toEqual([
      "x has set .data.password",
      "that the API server would not take it: data[password]: FieldValueInvalid",
    ]);
    expect(JSON.stringify(told)).not.toMatch(/bWluZQ|dGhlaXJz/);
  });
});

describe("the rest", () => {
  const object = desired("v1", "ConfigMap", "peer-config");
  const forbidden: Refusal = {
    code: 403,
    message:
      'configmaps "x" is forbidden: User "alice" cannot patch resource "configmaps" in API group "" in the namespace "ns"',
    causes: [],
  };

  test("an object on its way out", () => {
    const live = liveOf(claim({}), {}, { deletionTimestamp: "2026-01-01T00:00:00Z" });
    const [finding] = findingsOf(inspected(claim({}), { live }));
    expect(finding?.found).toBe("an object that is being deleted since 2026-01-01T00:00:00Z");
    expect(finding?.fix).toMatch(/Its ledger goes when the last pod lets go/);
  });

  test("a missing right is told once, and is only a warning in a preview", () => {
    const two = [
      inspected(object, { refusal: forbidden }),
      inspected(desired("v1", "ConfigMap", "y"), { refusal: forbidden }),
    ];
    expect(findingsOf(two).map(({ found }) => found)).toEqual([
      "no right of alice to patch configmaps in namespace ns",
    ]);
    const inPreview = judge(two, { preview: true, user: "alice", growth: () => undefined });
    expect(inPreview.findings).toEqual([]);
    expect(inPreview.warnings).toHaveLength(1);
  });

  test("rights that nobody may give who does not have them are told once", () => {
    const refusal: Refusal = {
      code: 403,
      message:
        'roles.rbac.authorization.k8s.io "agent" is forbidden: user "alice" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods/status"], Verbs:["patch"]}',
      causes: [],
    };
    const roles = ["agent", "register"].map((name) =>
      inspected(desired("rbac.authorization.k8s.io/v1", "Role", name), { refusal }),
    );
    expect(findingsOf(roles)).toEqual([
      expect.objectContaining({ found: expect.stringMatching(/rights that alice does not have/) }),
    ]);
  });

  test("a quota that is used up is no missing right", () => {
    const refusal = { code: 403, message: "exceeded quota: q, requested: count/configmaps=1", causes: [] };
    expect(findingsOf(inspected(object, { refusal }))[0]?.found).toMatch(/would not take it: exceeded quota/);
  });

  test("what is in a namespace still to be made is not judged", () => {
    const namespace: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns", labels } };
    const refusal = { code: 404, message: 'namespaces "ns" not found', causes: [] };
    expect(findingsOf([inspected(namespace), inspected(object, { refusal })])).toEqual([]);
    expect(findingsOf(inspected(object, { refusal }))[0]?.found).toMatch(/namespaces "ns" not found/);
  });

  test("all findings of all sites are one error, in order", () => {
    const report = (site: string, ...objects: string[]) => ({
      site,
      warnings: [],
      present: new Set<string>(),
      running: new Map<string, number>(),
      milliseconds: 1,
      findings: objects.map((name) => ({ site, object: name, found: "f", allowed: "a", fix: "d" })),
    });
    expect(() => assertFit([report("b"), report("a")])).not.toThrow();
    const error = (() => {
      try {
        assertFit([report("b", "y", "x"), report("a", "z")]);
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(PreflightError);
    expect((error as Error).message.split("\n").filter((line) => !line.startsWith("    "))).toEqual([
      "nothing was applied: 3 things stand in the way",
      "site a, z: found f",
      "site b, x: found f",
      "site b, y: found f",
    ]);
  });
});

test("a refusal by the network's own policy of an earlier run stands in nobody's way; one by somebody else's does", () => {
  const service = desired("v1", "Service", "gateway-org1");
  const by = (name: string): Refusal => ({
    code: 422,
    message: `ValidatingAdmissionPolicy '${name}' with binding '${name}' denied request: no Service may be open`,
    causes: [],
  });
  expect(findingsOf(inspected(service, { refusal: by("net-services") }))).toEqual([]);
  expect(findingsOf(inspected(service, { refusal: by("platform-services") }))).toHaveLength(1);
});
