import type { KubeObject } from "../../../lib/constructs/manifests";
import type { LiveObject } from "../../../lib/deploy/live";
import { standIn } from "../../../lib/deploy/stand-in";

const desired: KubeObject = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: {
    name: "data-peer0-org1-1",
    namespace: "net-org1",
    labels: { "app.kubernetes.io/instance": "peer0-org1" },
  },
  spec: { storageClassName: "net-zone-b" },
};
const live = (spec: object, phase = "Pending", manager = "kube-controller-manager"): LiveObject => ({
  metadata: { name: desired.metadata.name, managedFields: [{ manager }] },
  spec,
  status: { phase },
});

test("an empty claim of the controller's is named for what it is, with the way back", () => {
  const [finding, ...more] = standIn(desired, live({ storageClassName: "net-claimed-first" }));
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    found: expect.stringMatching(/^an empty claim that StatefulSet peer0-org1 made itself/),
    fix: expect.stringMatching(
      /^`kubectl delete statefulset peer0-org1 -n net-org1 --cascade=orphan`.*`kubectl delete persistentvolumeclaim data-peer0-org1-1 -n net-org1`.*`kubectl get pv`.*`pulumi refresh --yes`/,
    ),
  });
});

test.each([
  ["a claim with a volume", live({ storageClassName: "other", volumeName: "pv-1" }, "Bound")],
  ["a claim that is bound at this moment", live({ storageClassName: "other", volumeName: "pv-1" })],
  ["the network's own claim, not bound yet", live({ storageClassName: "net-zone-b" })],
  ["a claim that a person made", live({ storageClassName: "other" }, "Pending", "kubectl")],
])("%s is none", (_, found) => {
  expect(standIn(desired, found)).toEqual([]);
});

test("nor is any other object", () => {
  expect(standIn({ ...desired, kind: "Service" }, live({ storageClassName: "net-claimed-first" }))).toEqual([]);
});
