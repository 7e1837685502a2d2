import type { KubeObject } from "../../lib/constructs/manifests";
import { drbdNodeLabel, drbdObjects } from "../../lib/replication/drbd/objects";
import { linstorObjects } from "../../lib/replication/linstor/objects";
import { describeWithCrds, validateAgainstCrd } from "../support/crd/validate";
import { snapshotObjects } from "../support/replication/snapshots";
import { drbdTarget, linstorTarget } from "../support/replication/targets";
import { ledger, registries } from "../support/replication/volumes";

const volumes = [ledger, registries];
const ofKind = (objects: readonly KubeObject[], kind: string) => objects.filter((object) => object.kind === kind);
const mistakes = (objects: readonly KubeObject[]) =>
  objects.flatMap((object) =>
    validateAgainstCrd(object).map((text) => `${object.kind} ${object.metadata.name}: ${text}`),
  );

describeWithCrds("objects for storage", () => {
  it.each(["center-1", "center-2", "center-3"])("for Piraeus follow its schemas in %s (R8)", (site) => {
    const objects = linstorObjects(volumes, linstorTarget(site)).filter(
      ({ apiVersion }) => apiVersion === "piraeus.io/v1",
    );
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      ...["LinstorCluster", "LinstorNodeConnection", "LinstorNodeConnection", "LinstorSatelliteConfiguration"],
    ]);
    expect(mistakes(objects)).toEqual([]);
  });

  it("for snapshots have schemas to be held against, alone and in groups (R8)", () => {
    expect(mistakes(snapshotObjects)).toEqual([]);
    const [snapshot] = snapshotObjects;
    expect(validateAgainstCrd({ ...snapshot!, spec: { source: {}, className: "thin" } })).toContain(
      "spec: unknown field className",
    );
  });
});

describe("storage replicated by DRBD", () => {
  const objects = drbdObjects(volumes, drbdTarget("center-3"));

  it("has a volume on each device, on the machines of its own cluster only (R8)", () => {
    expect(ofKind(objects, "PersistentVolume").map(({ metadata, spec }) => [metadata.name, spec])).toMatchObject(
      volumes.map(({ name, minor, size }) => [
        `trade-${name}`,
        {
          capacity: { storage: size },
          local: { path: `/dev/drbd${minor}` },
          persistentVolumeReclaimPolicy: "Retain",
          nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ values: ["remote-c"] }] }] } },
        },
      ]),
    );
  });

  it("is applied on nodes that have DRBD 9 and are in a resource, one after the other (R8)", () => {
    const [daemons] = ofKind(objects, "DaemonSet");
    expect(daemons?.["spec"]).toMatchObject({
      updateStrategy: { rollingUpdate: { maxUnavailable: 1 } },
      template: { spec: { nodeSelector: { [drbdNodeLabel]: "true" }, hostNetwork: true } },
    });
    expect(JSON.stringify(daemons)).toContain('"values":["remote-c"]');
  });

  it("puts nothing into a cluster without machines of it", () => {
    expect(drbdObjects(volumes, drbdTarget("witness"))).toEqual([]);
    expect(linstorObjects(volumes, linstorTarget("witness"))).toEqual([]);
  });
});

it("Piraeus replicates asynchronously over the border, and no faster in a resync than was promised (R8)", () => {
  const objects = linstorObjects(volumes, linstorTarget("center-1"));
  const properties = Object.fromEntries(
    ofKind(objects, "LinstorNodeConnection").map(({ metadata, spec }) => [
      metadata.name,
      Object.fromEntries(
        (spec as { properties: { name: string; value: string }[] }).properties.map(({ name, value }) => [name, value]),
      ),
    ]),
  );
  expect(properties).toMatchObject({
    "trade-city": { "DrbdOptions/Net/protocol": "C", "DrbdOptions/PeerDevice/c-max-rate": "97656" },
    "trade-remote": { "DrbdOptions/Net/protocol": "A", "DrbdOptions/PeerDevice/c-max-rate": "97656" },
  });
  const classes = ofKind(objects, "StorageClass");
  expect(classes.map(({ metadata }) => metadata.name)).toEqual(["trade-fabric-ledger", "trade-fabric-authorities"]);
  expect(classes[0]?.["parameters"]).toMatchObject({
    "linstor.csi.linbit.com/placementCount": "3",
    "linstor.csi.linbit.com/xReplicasOnDifferent": "topology.kubernetes.io/region: 2\n",
    "property.linstor.csi.linbit.com/DrbdOptions/Net/protocol": "A",
  });
});
