import type { V1Node, V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from "@kubernetes/client-node";
import { zonalProvisioner, zoneLabel } from "../../../sandbox/simulation/labels";
import { bytes } from "../../../sandbox/volumes/quantity";
import {
  growth,
  isToBeDeleted,
  provisioning,
  selectedNodeAnnotation,
  volumeName,
  zonalVolume,
} from "../../../sandbox/volumes/zonal-volume";

const nodes: V1Node[] = ["zone-a", "zone-b"].map((zone) => ({
  metadata: { name: `${zone}-node-1`, labels: { [zoneLabel]: zone } },
}));

const storageClass = (change: Partial<V1StorageClass> = {}): V1StorageClass => ({
  metadata: { name: "zonal" },
  provisioner: zonalProvisioner,
  volumeBindingMode: "WaitForFirstConsumer",
  allowVolumeExpansion: true,
  ...change,
});
const allowing = (...values: string[]): Partial<V1StorageClass> => ({
  allowedTopologies: [{ matchLabelExpressions: [{ key: zoneLabel, values }] }],
});

const claim = (annotations: Record<string, string> = {}): V1PersistentVolumeClaim => ({
  metadata: {
    name: "data-peer0-0",
    namespace: "org1",
    uid: "1-2-3",
    annotations: { "volume.kubernetes.io/storage-provisioner": zonalProvisioner, ...annotations },
  },
  spec: { storageClassName: "zonal", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
});
const consumedOn = (node: string): V1PersistentVolumeClaim => claim({ [selectedNodeAnnotation]: node });

test.each([
  ["waits for its first consumer", claim(), storageClass(), { do: "nothing" }],
  ["follows its consumer", consumedOn("zone-b-node-1"), storageClass(), { do: "provision", zone: "zone-b" }],
  [
    "follows its consumer into an allowed zone",
    consumedOn("zone-b-node-1"),
    storageClass(allowing("zone-b")),
    { do: "provision", zone: "zone-b" },
  ],
  [
    "never goes where the class does not allow",
    consumedOn("zone-a-node-1"),
    storageClass(allowing("zone-b")),
    { do: "reschedule", why: "the class does not allow zone-a" },
  ],
  [
    "is scheduled again when its node is gone",
    consumedOn("zone-z-node-1"),
    storageClass(),
    { do: "reschedule", why: "node zone-z-node-1 is gone or in no zone" },
  ],
  [
    "is bound at once where the class says so",
    claim(),
    storageClass({ volumeBindingMode: "Immediate", ...allowing("zone-b") }),
    { do: "provision", zone: "zone-b" },
  ],
  [
    "of another provisioner is not ours",
    consumedOn("zone-a-node-1"),
    storageClass({ provisioner: "x" }),
    { do: "nothing" },
  ],
  ["without a class is not ours", consumedOn("zone-a-node-1"), undefined, { do: "nothing" }],
])("a claim that %s", (_, wanted, ofClass, expected) => {
  expect(provisioning(wanted, ofClass, nodes)).toEqual(expected);
});

test("a bound claim gets no second volume", () => {
  const bound = consumedOn("zone-a-node-1");
  bound.spec!.volumeName = "pv";
  expect(provisioning(bound, storageClass(), nodes)).toEqual({ do: "nothing" });
});

test("a volume belongs to its claim and can be used in its zone only", () => {
  const volume = zonalVolume(claim(), storageClass({ reclaimPolicy: "Retain" }), "zone-b", "/volumes/x");
  expect(volume.metadata?.name).toBe(volumeName(claim()));
  expect(volume.spec).toMatchObject({
    capacity: { storage: "1Gi" },
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: "zonal",
    claimRef: { namespace: "org1", name: "data-peer0-0", uid: "1-2-3" },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: zoneLabel, operator: "In", values: ["zone-b"] }] }],
      },
    },
  });
});

describe("a volume whose claim is gone", () => {
  const released = (reclaimPolicy: string): V1PersistentVolume => ({
    ...zonalVolume(claim(), storageClass({ reclaimPolicy }), "zone-a", "/volumes/x"),
    status: { phase: "Released" },
  });
  test("goes under Delete", () => expect(isToBeDeleted(released("Delete"))).toBe(true));
  test("stays under Retain", () => expect(isToBeDeleted(released("Retain"))).toBe(false));
  test("stays while it is bound", () => {
    expect(isToBeDeleted({ ...released("Delete"), status: { phase: "Bound" } })).toBe(false);
  });
  test("stays where somebody else made it", () => {
    expect(isToBeDeleted({ ...released("Delete"), metadata: { name: "by-hand" } })).toBe(false);
  });
});

describe("growth", () => {
  const bound = (asked: string, has: string): [V1PersistentVolumeClaim, V1PersistentVolume] => {
    const grown = claim();
    grown.spec!.resources = { requests: { storage: asked } };
    grown.status = { phase: "Bound", capacity: { storage: has } };
    return [grown, { ...zonalVolume(claim(), storageClass(), "zone-a", "/x"), status: { phase: "Bound" } }];
  };
  test("a claim that asks for more gets it", () => {
    expect(growth(...bound("2Gi", "1Gi"), storageClass())).toBe("2Gi");
  });
  test("a claim that has what it asks for gets nothing, however it is written", () => {
    expect(growth(...bound("1Gi", "1024Mi"), storageClass())).toBeUndefined();
  });
  test("not where the class does not allow it", () => {
    expect(growth(...bound("2Gi", "1Gi"), storageClass({ allowVolumeExpansion: false }))).toBeUndefined();
  });
  test("also where only the volume has grown, because we were interrupted", () => {
    const [grown, volume] = bound("2Gi", "1Gi");
    volume.spec!.capacity = { storage: "2Gi" };
    expect(growth(grown, volume, storageClass())).toBe("2Gi");
  });
});

test.each([
  ["1Gi", 2 ** 30],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["500M", 5e8],
  ["1e9", 1e9],
  ["128974848", 128974848],
])("%s is %d bytes", (text, expected) => {
  expect(bytes(text)).toBe(expected);
});
test.each(["", "Gi", "1 Gi", "1gi", "ten"])("%j is not a quantity", (text) => {
  expect(() => bytes(text)).toThrow(/not a quantity/);
});
