import { agentVersion, imageReference, type ImageChoice } from "../../lib/fabric/images";
import { version } from "../../package.json";

const stock: ImageChoice = { version: "3.1.5", caVersion: "1.5.21", registry: "docker.io/hyperledger", images: {} };
const digest = `sha256:${"ab".repeat(32)}`;

describe("images", () => {
  test("the agent is the one of this version", () => {
    expect(agentVersion).toBe(version);
  });

  test.each([
    ["peer", "docker.io/hyperledger/fabric-peer:3.1.5"],
    ["orderer", "docker.io/hyperledger/fabric-orderer:3.1.5"],
    ["ca", "docker.io/hyperledger/fabric-ca:1.5.21"],
    ["couchdb", "docker.io/library/couchdb:3.4.2"],
    ["agent", `docker.io/fabric-topologies/agent:${version}`],
  ] as const)("the stock image of %s", (role, reference) => {
    expect(imageReference(role, stock)).toBe(reference);
  });

  test("another registry moves Fabric's images, and not CouchDB's", () => {
    const moved = { ...stock, registry: "registry.example.com:5000/fabric" };
    expect(imageReference("orderer", moved)).toBe("registry.example.com:5000/fabric/fabric-orderer:3.1.5");
    expect(imageReference("couchdb", moved)).toBe("docker.io/library/couchdb:3.4.2");
  });

  test.each([
    [{ digest }, `docker.io/hyperledger/fabric-peer:3.1.5@${digest}`],
    [{ tag: "3.1.5-bank" }, "docker.io/hyperledger/fabric-peer:3.1.5-bank"],
    [{ repository: "registry.example.com/peer" }, "registry.example.com/peer:3.1.5"],
    [{ repository: "registry.example.com/peer", tag: "7", digest }, `registry.example.com/peer:7@${digest}`],
    [{ repository: undefined, tag: undefined, digest: undefined }, "docker.io/hyperledger/fabric-peer:3.1.5"],
  ])("%j changes what it names and nothing else", (override, reference) => {
    const choice = { ...stock, images: { peer: override } };
    expect(imageReference("peer", choice)).toBe(reference);
    expect(imageReference("orderer", choice)).toBe("docker.io/hyperledger/fabric-orderer:3.1.5");
  });
});
