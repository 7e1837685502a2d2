import { parse } from "yaml";
import type { KubeObject } from "../../lib/constructs/manifests";
import type { Consortium } from "../../lib/fabric/consortium";
import dualActive from "../../topologies/dual-active";
import { city, network } from "../support/models";
import { at, consortium, find, ofKind, synthesise } from "./support";

/** The manifests on zones that are so far from each other; whether they may be is not this file's subject. */
function apart(roundTrip: string): readonly KubeObject[] {
  const settings = city();
  const far = { ...settings, sites: settings.sites.map((site) => ({ ...site, roundTrip })) };
  const model = network(consortium);
  return dualActive.synthesise(dualActive.place(model, far), far)[0]!.objects;
}

const configOf = (objects: readonly KubeObject[], file: string) =>
  objects.flatMap((object) => {
    const { data } = object as unknown as { readonly data?: Readonly<Record<string, string>> };
    return object.kind === "ConfigMap" && data?.[file] !== undefined ? [data[file]] : [];
  });

test.each([
  ["2ms", "100ms", "1s", "1s"],
  ["50ms", "500ms", "1.5s", "1.5s"],
  ["300ms", "600ms", "4s", "4s"],
])("zones %s apart: a tick of %s, the same for nodes and channels; gateways wait %s and %s", (far, tick, ...waits) => {
  const objects = apart(far);
  const orderers = configOf(objects, "orderer.yaml").map((text) => parse(text) as unknown);
  expect(orderers.map((config) => at(config, "Consensus.TickIntervalOverride"))).toEqual([tick]);
  const models = configOf(objects, "model.json").map((text) => JSON.parse(text) as Consortium);
  expect(models).toHaveLength(4);
  for (const { channels } of models) expect(channels.map(({ raft }) => raft.tickInterval)).toEqual([tick, tick]);
  const peers = configOf(objects, "core.yaml").map((text) => parse(text) as unknown);
  expect(peers).toHaveLength(3);
  for (const config of peers) {
    expect([at(config, "peer.gateway.broadcastTimeout"), at(config, "peer.gateway.dialTimeout")]).toEqual(waits);
  }
});

test("peers carry the gate that agents open", () => {
  const manifests = synthesise();
  expect(ofKind(manifests, "StatefulSet").filter(({ metadata }) => metadata.name.startsWith("peer"))).toHaveLength(3);
  expect(at(find(manifests, "StatefulSet/trade-bank-a/peer0-bank-a"), "spec.template.spec.readinessGates")).toEqual([
    { conditionType: "fabric-topologies.dev/receives-blocks" },
  ]);
});
