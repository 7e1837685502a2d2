/** Authorities and enrolment as they stand in the manifests, run with the real fabric-ca server and client. */
import "reflect-metadata";
import { X509Certificate, createPrivateKey, createPublicKey } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { endpointOf } from "../../lib/placement/endpoint";
import { placeOnSite } from "../../lib/placement/place";
import { city, network as model } from "../support/models";
import { get } from "./node-process";
import { LocalAuthority, network } from "./support/local-authority";
import type { LocalPod } from "./support/local-pod";

jest.setTimeout(180_000);

const input = network({ validity: "48h", renewBefore: "24h" });
let authority: LocalAuthority;

beforeAll(async () => {
  authority = await LocalAuthority.make(input);
  await authority.bringUp();
});
afterAll(() => authority.remove());

const certificate = (pod: LocalPod, path: string) => new X509Certificate(pod.read(path));
const publicKey = (pem: string) => createPublicKey(pem).export({ type: "spki", format: "pem" });
const pathLength = (pem: string) =>
  new x509.X509Certificate(pem).getExtension(x509.BasicConstraintsExtension)?.pathLength;

/** The certificate and the key are of one pair. */
function expectPair(pod: LocalPod, certificatePath: string, keyPath: string): void {
  const own = createPublicKey(createPrivateKey(pod.read(keyPath))).export({ type: "spki", format: "pem" });
  expect(publicKey(pod.read(certificatePath))).toBe(own);
}

test("a root of path length 1 signs an intermediate of path length 0; TLS has a root of its own (R4)", () => {
  const { initPod } = authority;
  const [root, intermediate, tls] = [
    initPod.read("/var/hyperledger-root/root-ca/ca-cert.pem"),
    initPod.read("/var/hyperledger/ca/ca-cert.pem"),
    initPod.read("/var/hyperledger/tls-ca/ca-cert.pem"),
  ].map((pem) => ({ pem, parsed: new X509Certificate(pem) })) as [Signed, Signed, Signed];
  expect([root, intermediate, tls].map(({ pem }) => pathLength(pem))).toEqual([1, 0, 0]);
  expect(root.parsed.subject).toContain("CN=org1-root-ca");
  expect(intermediate.parsed.subject).toContain("CN=org1-intermediate-ca");
  expect(tls.parsed.subject).toContain("CN=org1-tls-ca");
  for (const [signed, signer] of [
    [root, root],
    [intermediate, root],
    [tls, tls],
  ] as const) {
    expect(signed.parsed.ca).toBe(true);
    expect(signed.parsed.checkIssued(signer.parsed)).toBe(true);
    expect(signed.parsed.verify(signer.parsed.publicKey)).toBe(true);
  }
});

interface Signed {
  readonly pem: string;
  readonly parsed: X509Certificate;
}

test("the root's key is on its own volume and nowhere else, and nothing of it runs", () => {
  const keys = (folder: string) =>
    readdirSync(authority.initPod.path(`${folder}/msp/keystore`)).filter((name) => name.endsWith("_sk"));
  const [root] = keys("/var/hyperledger-root/root-ca");
  expect(root).toMatch(/^[0-9a-f]{64}_sk$/);
  expect(keys("/var/hyperledger/ca")).not.toContain(root);
  expect(keys("/var/hyperledger/tls-ca")).not.toContain(root);
  expect(readdirSync(authority.initPod.path("/run/authorities")).sort()).toEqual(["ca-chain.pem", "tlscacert.pem"]);
});

test("what is published are three certificates: root, intermediate, TLS", async () => {
  const published = await authority.publish();
  expect(Object.keys(published).sort()).toEqual(["cacert.pem", "intermediatecert.pem", "mspid", "tlscacert.pem"]);
  expect(JSON.stringify(published)).not.toContain("PRIVATE");
});

test("health and metrics are there, over TLS; who may ask is the network policies' business", async () => {
  const ca = authority.authorityPod.read("/var/hyperledger/tls-ca/ca-cert.pem");
  for (const url of authority.operationsAddresses) {
    expect(await get(`${url}/healthz`, ca)).toMatchObject({ status: 200, body: expect.stringContaining("OK") });
    expect((await get(`${url}/metrics`, ca)).body).toContain("api_request_count");
  }
});

test("a server's certificate has every name that it is called by", () => {
  const { subjectAltName } = certificate(authority.authorityPod, "/run/serving/tls.crt");
  for (const host of ["ca-org1.trade-org1.svc.cluster.local", "ca-org1-0.ca-svc.trade-org1.svc.cluster.local"])
    expect(subjectAltName).toContain(`DNS:${host}`);
});

describe.each([
  ["peer0-org1", "peer0-org1-0", "peer"],
  ["orderer", "orderer-1", "orderer"],
] as const)("a pod of %s", (workload, name, role) => {
  let pod: LocalPod;
  beforeAll(async () => {
    pod = await authority.node(name);
    expect(await pod.run(authority.enrol(workload))).toMatchObject({ status: 0, message: "" });
  });

  test("is what its certificate's OU says, and its certificate comes from the intermediate (R3)", () => {
    const own = certificate(pod, "/var/hyperledger/msp/signcerts/cert.pem");
    const issuer = certificate(pod, "/var/hyperledger/msp/intermediatecerts/intermediatecert.pem");
    expect(own.subject.split("\n")).toEqual(expect.arrayContaining([`OU=${role}`, `CN=${name}`]));
    expect(own.verify(issuer.publicKey)).toBe(true);
    expect(pod.read("/var/hyperledger/msp/config.yaml")).toContain("OrganizationalUnitIdentifier: admin");
    expect(pod.read("/var/hyperledger/msp/config.yaml")).not.toContain("Certificate:");
    expectPair(pod, "/var/hyperledger/msp/signcerts/cert.pem", "/var/hyperledger/msp/keystore/key.pem");
  });

  test("has a TLS certificate for client and server with all names of its endpoint (R4)", () => {
    const own = certificate(pod, "/var/hyperledger/tls/server.crt");
    const node = placeOnSite(model(input), city().sites[0]!).nodes.find((one) => one.pod === name)!;
    const names = own.subjectAltName!.split(", ").sort();
    expect(names).toEqual(endpointOf(node, "cluster.local").hosts.map((host) => `DNS:${host}`));
    expect(own.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(own.verify(certificate(pod, "/var/hyperledger/tls/ca.crt").publicKey)).toBe(true);
    expectPair(pod, "/var/hyperledger/tls/server.crt", "/var/hyperledger/tls/server.key");
  });

  test("keeps its keys to itself", () => {
    for (const key of ["msp/keystore/key.pem", "tls/server.key"])
      expect(statSync(pod.path(`/var/hyperledger/${key}`)).mode & 0o077).toBe(0);
    expect(readdirSync(pod.path("/run/scratch"))).toEqual([]);
    expect(lstatSync(pod.path("/var/hyperledger/tls")).isSymbolicLink()).toBe(true);
  });

  test("started again, changes nothing and asks nobody", async () => {
    const before = readdirSync(pod.path("/var/hyperledger/identity"));
    const again = await pod.run(authority.enrol(workload), { ENROL_CA: "localhost:1", ENROL_TLS_CA: "localhost:1" });
    expect(again).toMatchObject({ status: 0, said: `enrol: ${name} has its certificates, and none is due\n` });
    expect(readdirSync(pod.path("/var/hyperledger/identity"))).toEqual(before);
  });
});

test("a peer has a pair of its own as chaincode's client, in the form in which the builder reads it", async () => {
  const pod = await authority.node("peer0-org1-1");
  await pod.run(authority.enrol("peer0-org1"));
  const told = JSON.parse(pod.read("/var/hyperledger/chaincode/builder.json")) as Record<string, string>;
  expect(told).toEqual({
    peer: "peer0-org1-1",
    namespace: "trade-org1",
    domain: "cluster.local",
    root_cert: pod.read("/var/hyperledger/tls/ca.crt"),
    client_cert: pod.read("/var/hyperledger/chaincode/client.crt"),
    client_key: pod.read("/var/hyperledger/chaincode/client.key"),
  });
  expectPair(pod, "/var/hyperledger/chaincode/client.crt", "/var/hyperledger/chaincode/client.key");
  expect(told["client_key"]).not.toBe(pod.read("/var/hyperledger/tls/server.key"));
});

describe("what is wrong is said, with the object and the remedy, and leaves no half identity", () => {
  const attempt = async (
    prepare: (pod: LocalPod) => Readonly<Record<string, string>> | undefined,
  ): Promise<{ status: number | null; message: string; links: string[] }> => {
    const pod = await authority.node("peer0-org1-0", `wrong-${Math.random()}`);
    const change = prepare(pod) ?? {};
    const { status, message, said } = await pod.run(authority.enrol("peer0-org1"), { ENROL_PATIENCE: "1", ...change });
    expect(said).not.toMatch(/[0-9a-f]{64}/);
    return { status, message, links: readdirSync(pod.path("/var/hyperledger")).filter((name) => name !== "identity") };
  };

  test.each([
    [
      "another secret than the registry's",
      (pod: LocalPod) => pod.mount("/run/enrolment", { secret: "wrong" }),
      /does not take the enrolment secret of peer0-org1-0: Secret enrolment in trade-org1.*kubectl delete job -n trade-org1 -l fabric-topologies.dev\/role=register/,
    ],
    [
      "a secret that would break the address",
      (pod: LocalPod) => pod.mount("/run/enrolment", { secret: "a@b/c" }),
      /key peer0-org1-0 of Secret enrolment in trade-org1 is not a secret of ours/,
    ],
    [
      "an authority that is away",
      () => ({ ENROL_CA: "localhost:1" }),
      /localhost:1 does not answer: .*look at the pods ca-org1 in trade-org1/,
    ],
    [
      "another TLS authority",
      (pod: LocalPod) => pod.mount("/run/msp", { "tlscacert.pem": pod.read("/run/msp/cacert.pem") }),
      /shows a certificate of another TLS authority than ConfigMap msp in trade-org1 names/,
    ],
    [
      "no published certificates",
      (pod: LocalPod) => pod.mount("/run/msp", { "cacert.pem": "" }),
      /ConfigMap msp in trade-org1 has no cacert.pem.*role=ca-init/,
    ],
  ])("%s", async (_case, prepare, message) => {
    const ended = await attempt((pod) => prepare(pod) as Readonly<Record<string, string>> | undefined);
    expect(ended).toEqual({ status: 1, message: expect.stringMatching(message), links: [] });
  });

  test("a volume that is full is named in the last lines of the log, which Kubernetes shows", async () => {
    const pod = await authority.node("peer0-org1-0", "full");
    // As cp ends on a full volume; a real one takes a mount, and so an administrator of this machine.
    const folder = pod.path("/bin");
    mkdirSync(folder);
    writeFileSync(join(folder, "cp"), "#!/bin/sh\necho 'cp: No space left on device' >&2\nexit 1\n", { mode: 0o755 });
    const before = process.env["PATH"] ?? "";
    const full = { PATH: `${folder}:${before}`, ENROL_PARTS: "tls", ENROL_PATIENCE: "1" };
    const ended = await pod.run(authority.enrol("peer0-org1"), full);
    expect(ended).toMatchObject({ status: 1, message: "" });
    const [cause = "", last = ""] = ended.said.trim().split("\n").slice(-2);
    expect(cause).toBe("cp: No space left on device");
    expect(last).toMatch(/^enrol: this failed on the volume of peer0-org1-0, which has .*%.*: cp /);
  });
});
