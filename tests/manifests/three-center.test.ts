/** What stands at which center, as objects. */
import { objectKey, type SiteManifests } from "../../lib/constructs/manifests";
import { unrenderable } from "../../lib/federation/render";
import { protection } from "../../lib/deploy/protection";
import threeCenter from "../../topologies/three-center";
import { smallBank, threeCenters } from "../support/three-centers";
import { at, find, ofKind } from "./support";

const settings = threeCenters();
const model = smallBank({
  chaincodes: [{ name: "settle", channel: "settlement", image: "registry.example.com/settle:1.0" }],
});
const manifests = threeCenter.synthesise(threeCenter.place(model, settings), settings);
const site = (name: string): SiteManifests => manifests.find((one) => one.site === name)!;
const remote = site("center-3");

test("an ordering identity has pods on one center only: its twin at the remote one has none until a restore (R8)", () => {
  const pods = manifests.flatMap((one) =>
    ofKind(one, "StatefulSet")
      .filter(({ metadata }) => metadata.name.startsWith("orderer-"))
      .flatMap((set) => Array<string>(at(set, "spec.replicas") as number).fill(set.metadata.name)),
  );
  expect(pods.sort()).toEqual(["orderer-0", "orderer-1", "orderer-2", "orderer-3", "orderer-4"]);
  expect(at(find(remote, "StatefulSet/trade-clearing/orderer-0"), "spec.replicas")).toBe(0);
});

test("a twin is the node itself in all but its center: name, claim, certificate names and configuration (R8)", () => {
  const own = site("center-1");
  for (const key of ["ConfigMap/trade-clearing/orderer-0-config", "Service/trade-clearing/orderer-0-0"])
    expect(find(remote, key)).toEqual(find(own, key));
  const container = (one: SiteManifests) =>
    at(find(one, "StatefulSet/trade-clearing/orderer-0"), "spec.template.spec.containers");
  expect(container(remote)).toEqual(container(own));
  const claim = "PersistentVolumeClaim/trade-clearing/data-orderer-0-0";
  expect(at(find(remote, claim), "spec.resources")).toEqual(at(find(own, claim), "spec.resources"));
});

test("twins are known to the authority of the remote center, and its quota has room for them (R8)", () => {
  const register = ofKind(remote, "Job").find(
    ({ metadata }) => metadata.namespace === "trade-clearing" && metadata.name.startsWith("register"),
  );
  for (const pod of ["orderer-0-0", "orderer-2-0", "orderer-4-0"]) expect(JSON.stringify(register)).toContain(pod);
  // Five ordering nodes and the authority.
  expect(at(find(remote, "ResourceQuota/trade-clearing/nodes"), "spec.hard")).toEqual({
    "count/statefulsets.apps": 6,
  });
});

test("a run after a restore leaves twins as many pods as they have (R8)", () => {
  expect(protection(find(remote, "StatefulSet/trade-clearing/orderer-0")).ignoreChanges).toEqual(["spec.replicas"]);
  expect(protection(find(remote, "StatefulSet/trade-clearing/orderer-2")).ignoreChanges).toBeUndefined();
});

test("a node with pods in two homes is refused still, and a dormant twin is not", () => {
  const [first, ...others] = manifests;
  expect(unrenderable("direct", [first!, ...others])).toEqual([]);
  const key = "StatefulSet/trade-clearing/orderer-0";
  const twice = { ...site("center-2"), objects: [...site("center-2").objects, find(site("center-1"), key)] };
  const rest = manifests.filter(({ site: name }) => name !== "center-2");
  expect(unrenderable("direct", [twice, ...rest]).map(({ object, found }) => `${object}: ${found}`)).toEqual([
    `${key}: two homes: center-1, center-2, center-3`,
  ]);
});

test("a standby peer asks for blocks again within a second, and its chaincode server is warm (R8)", () => {
  const backoff = (one: SiteManifests, set: string) =>
    /reConnectBackoffThreshold: "?(\w+)"?/.exec(
      at(find(one, `ConfigMap/trade-amber/${set}-config`), "data")!["core.yaml" as never],
    )?.[1];
  expect(backoff(remote, "peer0-amber-standby")).toBe("1s");
  expect(backoff(site("center-1"), "peer0-amber-0")).toBe("2s");
  const servers = ofKind(remote, "Deployment").filter(({ metadata }) => metadata.name.includes("settle"));
  expect(servers.map((server) => at(server, "spec.replicas"))).toEqual([1]);
});

test("failovers are declared at the witness and at the remote center, and the witness runs nothing of the network (R8)", () => {
  const declared = (one: SiteManifests) =>
    one.objects.map(objectKey).filter((key) => /failovers\.|-recovery$|-failover-orders$/.test(key));
  const both = [
    "CustomResourceDefinition/failovers.recovery.fabric-topologies.dev",
    "Namespace/trade-recovery",
    "ValidatingAdmissionPolicy/trade-failover-orders",
    "ValidatingAdmissionPolicyBinding/trade-failover-orders",
  ];
  expect(declared(remote)).toEqual(both);
  expect(site("witness").objects.map(objectKey)).toEqual(both);
  for (const name of ["center-1", "center-2"]) expect(declared(site(name))).toEqual([]);
});
