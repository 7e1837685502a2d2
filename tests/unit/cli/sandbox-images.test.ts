import { join } from "node:path";
import { imagesOf } from "../../../cli/sandbox-images";
import type { Network } from "../../../lib/spec/network";
import { planStack } from "../../../topologies/plan";
import { exampleSettings } from "../../../cli/input";
import { minimal, root } from "./run";

const { network } = planStack({ settings: exampleSettings, network: minimal }).placement;
const references = (changed: Partial<Network> = {}) =>
  imagesOf({ ...network, ...changed }).map(({ reference }) => reference);

test("the sandbox makes the images of a network's own nodes, under the names that its pods use", () => {
  expect(references({ chaincodes: [] })).toEqual([
    `docker.io/hyperledger/fabric-ca:${network.fabric.caVersion}`,
    "docker.io/fabric-topologies/agent:0.1.0",
    `docker.io/hyperledger/fabric-orderer:${network.fabric.version}`,
    `docker.io/hyperledger/fabric-peer:${network.fabric.version}`,
  ]);
  const registry = "registry.example.com/hyperledger";
  expect(references({ chaincodes: [], fabric: { ...network.fabric, registry } })[0]).toMatch(`${registry}/fabric-ca:`);
});

test("gateways between sites are made too, where there are any", () => {
  const gateways = imagesOf(network, "haproxy").filter(({ kind }) => kind === "envoy" || kind === "haproxy");
  expect(gateways).toEqual([{ kind: "haproxy", version: "2.6.12", reference: "docker.io/library/haproxy:2.6.12" }]);
  expect(references().join(" ")).not.toMatch(/envoy|haproxy/);
});

test("CouchDB is asked for only by peers that have one", () => {
  const [first] = network.organisations;
  const peers = first!.peers.map((group) => ({ ...group, stateDatabase: "couchdb" as const }));
  expect(references({ organisations: [{ ...first!, peers }] })).toContain("docker.io/library/couchdb:3.4.2");
  expect(references()).not.toContain("docker.io/library/couchdb:3.4.2");
});

test("the example chaincodes of this checkout are made; others come from where they are named", () => {
  const chaincode = { image: "fabric-topologies/asset-transfer:1.0" } as Network["chaincodes"][number];
  const others = ["registry.example.com/trade/settlement:1.0", "fabric-topologies/no-such-example:1.0"];
  const chaincodes = [chaincode, ...others.map((image) => ({ ...chaincode, image }))];
  expect(imagesOf({ ...network, chaincodes }).filter(({ kind }) => kind === "chaincode")).toEqual([
    {
      kind: "chaincode",
      reference: "fabric-topologies/asset-transfer:1.0",
      folder: join(root, "examples/chaincode/asset-transfer"),
    },
  ]);
});
