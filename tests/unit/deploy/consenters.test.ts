import type { KubeObject } from "../../../lib/constructs/manifests";
import { removedConsenters } from "../../../lib/deploy/consenters";
import type { RecordedObject } from "../../../lib/deploy/recorded";

const labels = (organisation: string, role: string) => ({
  "fabric-topologies.dev/network": "net",
  "fabric-topologies.dev/organisation": organisation,
  "fabric-topologies.dev/role": role,
});
const recorded = (organisation: string, replicas: number, role = "orderer", site = "demo"): RecordedObject => ({
  site,
  key: `StatefulSet/net-${organisation}/${role}`,
  labels: labels(organisation, role),
  replicas,
});
const set = (organisation: string, replicas: number, role = "orderer"): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: role, namespace: `net-${organisation}`, labels: labels(organisation, role) },
  spec: { replicas },
});
const site = (...objects: KubeObject[]) => ({ name: "demo", manifests: { objects } });
const change = (before: RecordedObject[], after: KubeObject[], live?: number) =>
  removedConsenters(before, [site(...after)], () => live);
const nothing = { findings: [], warnings: [] };

test("a first run, the same again, and more nodes are in order", () => {
  expect(change([], [set("a", 5)])).toEqual(nothing);
  expect(change([recorded("a", 3)], [set("a", 3)])).toEqual(nothing);
  expect(change([recorded("a", 3)], [set("a", 5), set("b", 1)])).toEqual(nothing);
});

test("peers are no consenters", () => {
  expect(change([recorded("a", 3), recorded("a", 4, "peer")], [set("a", 3), set("a", 1, "peer")])).toEqual(nothing);
});

test("one node fewer is told, not refused", () => {
  const { findings, warnings } = change([recorded("a", 5)], [set("a", 4)]);
  expect(findings).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/ordering node net-a\/orderer-4 is removed: take it out of/)]);
});

test("7 to 3 in one run", () => {
  const { findings, warnings } = change([recorded("a", 7)], [set("a", 3)]);
  expect(warnings).toEqual([]);
  expect(findings).toEqual([
    {
      site: "demo",
      object: "StatefulSet/net-a/orderer",
      found:
        "4 ordering nodes that would be removed in one run: net-a/orderer-3, net-a/orderer-4, net-a/orderer-5, net-a/orderer-6",
      allowed: expect.stringMatching(/^one at a time/),
      fix: "set the organisation a to 7 ordering nodes again; then one at a time: first take the node out of the channels' consenters, then remove it here",
    },
  ]);
});

test("one node of each of two organisations are two", () => {
  const [finding] = change([recorded("a", 3), recorded("b", 3)], [set("a", 2), set("b", 2)]).findings;
  expect(finding?.found).toMatch(/^2 ordering nodes .*: net-a\/orderer-2, net-b\/orderer-2$/);
});

test("an organisation that was renamed or removed loses all of its nodes, also the only one", () => {
  expect(change([recorded("a", 3)], [set("b", 3)]).findings).toHaveLength(1);
  expect(change([recorded("a", 1)], [set("b", 1)]).findings).toHaveLength(1);
  const [finding] = change([recorded("a", 3)], []).findings;
  expect(finding?.fix).toMatch(/`pulumi destroy` \(ledgers stay\)$/);
});

test("an organisation that moves to another site counts as well", () => {
  expect(change([recorded("a", 3, "orderer", "other")], [set("a", 3)]).findings).toHaveLength(1);
});

test("what the cluster runs counts, also where the state was lost or somebody has scaled by hand", () => {
  expect(change([], [set("a", 3)], 7).findings).toHaveLength(1);
  expect(change([recorded("a", 7)], [set("a", 3)], 4).warnings).toHaveLength(1);
});

test("a dormant twin is no node that goes, neither while its node runs nor after a restore has started it (R8)", () => {
  const dormant = { "fabric-topologies.dev/dormant": "true" };
  const twin = {
    ...set("a", 0),
    metadata: { ...set("a", 0).metadata, labels: { ...labels("a", "orderer"), ...dormant } },
  };
  const before = { ...recorded("a", 0), labels: twin.metadata.labels };
  expect(change([recorded("a", 1), before], [set("a", 1), twin], 1)).toEqual(nothing);
  expect(change([before], [twin], 1)).toEqual(nothing);
});
