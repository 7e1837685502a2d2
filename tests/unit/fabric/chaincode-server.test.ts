import {
  chaincodeAddressTemplate,
  chaincodeServerName,
  chaincodeServiceName,
} from "../../../lib/fabric/chaincode-server";

const dnsLabel = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

test.each([
  ["letter-of-credit", "1.0", "cc-letter-of-credit-1-0"],
  ["Asset_Transfer", "2.1.0-rc.1", "cc-asset-transfer-2-1-0-rc-1"],
  ["7bridges", "+", "cc-7bridges"],
])("%s %s runs as %s", (name, version, server) => {
  expect(chaincodeServerName({ name, version })).toBe(server);
  expect(server).toMatch(dnsLabel);
});

test("another version has other names, so both run side by side while organisations go from one to the other", () => {
  const old = chaincodeServiceName({ name: "letters", version: "1.0" }, "peer0-amber-0");
  expect(old).toBe("cc-letters-1-0-peer0-amber-0");
  expect(chaincodeServiceName({ name: "letters", version: "1.1" }, "peer0-amber-0")).not.toBe(old);
});

test("what a peer's builder fills in leads to the Service of that peer", () => {
  const chaincode = { name: "letters", version: "1.0" };
  const filled = chaincodeAddressTemplate(chaincode)
    .replace("{{.peer}}", "peer0-amber-0")
    .replace("{{.namespace}}", "trade-amber")
    .replace("{{.domain}}", "cluster.local");
  expect(filled).toBe(`${chaincodeServiceName(chaincode, "peer0-amber-0")}.trade-amber.svc.cluster.local:9999`);
});
