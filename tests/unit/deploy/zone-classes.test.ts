import type { KubeObject } from "../../../lib/constructs/manifests";
import { ApiServer } from "../../../lib/deploy/api-server";
import type { Inspected } from "../../../lib/deploy/live";
import { judgeClass, zoneClasses } from "../../../lib/deploy/zone-classes";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

const of = (zones: readonly string[] | undefined, volumeBindingMode = "WaitForFirstConsumer") => ({
  volumeBindingMode,
  ...(zones === undefined
    ? {}
    : { allowedTopologies: [{ matchLabelExpressions: [{ key: "topology.gke.io/zone", values: zones }] }] }),
});
const nothing = { findings: [], warnings: [] };

test("a class of the zone alone that waits for its first pod is in order", () => {
  expect(judgeClass("fast-a", "zone-a", of(["zone-a"]))).toEqual(nothing);
});

test("a class that is not there, or of other zones only, is refused", () => {
  const [none] = judgeClass("fast-a", "zone-a", "none").findings;
  expect(none?.found).toBe("no StorageClass fast-a, of which zone-a is to have its volumes");
  const [other] = judgeClass("fast-a", "zone-a", of(["zone-b", "zone-c"])).findings;
  expect(other?.found).toBe(
    "the StorageClass fast-a of zone-a, whose volumes are in zone-b, zone-c (allowedTopologies)",
  );
});

test.each([
  ["any zone", of(undefined), /fast-a of zone-a has no allowedTopologies: .* for ever rests on that class$/],
  ["more zones", of(["zone-a", "zone-b"]), /fast-a of zone-a allows zone-a, zone-b: /],
  ["before its pod", of(["zone-a"], "Immediate"), /zone-a does not wait for the first pod \(volumeBindingMode\): /],
  ["both", of(undefined, "Immediate"), /has no allowedTopologies and does not wait/],
  ["nobody may look", "unreadable" as const, /cannot be read/],
])("%s: a warning", (_, answer, warning) => {
  const { findings, warnings } = judgeClass("fast-a", "zone-a", answer);
  expect(findings).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(warning)]);
});

test("asked for are the classes of claims without a volume that the network does not make", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(404).end("{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  closing.push(() => server.close());
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "c", server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
    { name: "u" },
  );
  const api = await ApiServer.open(config, 1000);
  closing.push(() => api.close());
  const object = (kind: string, name: string, storageClassName?: string): KubeObject => ({
    apiVersion: "v1",
    kind,
    metadata: { name, labels: { "topology.kubernetes.io/zone": "zone-a" } },
    ...(storageClassName === undefined ? {} : { spec: { storageClassName } }),
  });
  const inspected = (desired: KubeObject, live?: object): Inspected => ({
    key: desired.metadata.name,
    desired,
    ...(live === undefined ? {} : { live: { ...desired, ...live } }),
  });
  const { findings } = await zoneClasses(api, [
    inspected(object("StorageClass", "made")),
    inspected(object("PersistentVolumeClaim", "a", "made")),
    inspected(object("PersistentVolumeClaim", "b", "own")),
    inspected(object("PersistentVolumeClaim", "c", "own")),
    inspected(object("PersistentVolumeClaim", "d", "bound"), { spec: { volumeName: "pv" } }),
  ]);
  expect(asked).toEqual(["/apis/storage.k8s.io/v1/storageclasses/own"]);
  expect(findings.map(({ found }) => found)).toEqual(["no StorageClass own, of which zone-a is to have its volumes"]);
});
