/** Certificates that are due, expired, or can be had from nobody just now; with authorities that sign for minutes. */
import { createPublicKey, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { withFormer } from "../../agent/register/msp";
import { LocalAuthority, network } from "./support/local-authority";
import type { LocalPod } from "./support/local-pod";

jest.setTimeout(300_000);

const identity = "/var/hyperledger/msp/signcerts/cert.pem";
const tls = "/var/hyperledger/tls/server.crt";
const keys = ["/var/hyperledger/msp/keystore/key.pem", "/var/hyperledger/tls/server.key"] as const;

let authority: LocalAuthority;
afterEach(() => authority.remove());

const read = (pod: LocalPod, paths: readonly string[]) => paths.map((path) => pod.read(path));
const serial = (pod: LocalPod, path: string) => new X509Certificate(pod.read(path)).serialNumber;
const expires = (pod: LocalPod, path: string) => Date.parse(new X509Certificate(pod.read(path)).validTo);
const spki = (pod: LocalPod, path: string) =>
  createPublicKey(pod.read(path)).export({ type: "spki", format: "pem" }).toString();

/** What the authorities sign with from now on; an end in the past makes a node that was away for long. */
async function sign(validity: string): Promise<void> {
  await authority.stopServers();
  await authority.serve(validity);
}

async function bringUp(validity = "48h"): Promise<void> {
  authority = await LocalAuthority.make(network({ validity: "48h", renewBefore: "24h" }));
  await authority.bringUp();
  if (validity !== "48h") await sign(validity);
}

test("a node that starts shortly before its certificates expire gets new ones; one that starts earlier does not (R4)", async () => {
  await bringUp("1m");
  const pod = await authority.node("peer0-org1-0");
  const start = (renewBefore: number) =>
    pod.run(authority.enrol("peer0-org1"), { ENROL_RENEW_BEFORE: `${renewBefore}` });
  expect(await start(10)).toMatchObject({ status: 0 });
  const [first, firstKeys] = [[serial(pod, identity), serial(pod, tls)], read(pod, keys)];
  const left = () => Math.min(expires(pod, identity), expires(pod, tls)) - Date.now();
  expect(left()).toBeLessThan(95_000);
  expect(left()).toBeGreaterThan(15_000);
  expect(await start(10)).toMatchObject({ said: expect.stringContaining("none is due") });
  expect([serial(pod, identity), serial(pod, tls)]).toEqual(first);
  // Certificates are counted in minutes: their last seconds have to be waited for.
  await new Promise((resolve) => setTimeout(resolve, left() - 9_000));
  expect(await start(10)).toMatchObject({ status: 0, said: expect.stringContaining("renewed") });
  expect(left()).toBeGreaterThan(15_000);
  for (const [index, path] of [identity, tls].entries()) expect(serial(pod, path)).not.toBe(first[index]);
  for (const [index, path] of keys.entries()) expect(pod.read(path)).not.toBe(firstKeys[index]);
});

describe("an ordering node", () => {
  test("keeps the key of its TLS certificate when it renews, and when that has expired (Raft knows it by the key) (R4)", async () => {
    await bringUp("-1m");
    const pod = await authority.node("orderer-0");
    const start = () => pod.run(authority.enrol("orderer"));
    await start();
    expect(expires(pod, tls)).toBeLessThan(Date.now());
    const [key, identityKey] = [spki(pod, tls), spki(pod, identity)];
    await sign("48h");
    expect(await start()).toMatchObject({
      status: 0,
      said: expect.stringMatching(/TLS certificate of orderer-0: renewed/),
    });
    expect(expires(pod, tls)).toBeGreaterThan(Date.now());
    expect(spki(pod, tls)).toBe(key);
    // An identity is known by its certificate's issuer: it enrols anew, with a new key.
    expect(spki(pod, identity)).not.toBe(identityKey);
    const again = serial(pod, tls);
    expect(await pod.run(authority.enrol("orderer"), { ENROL_RENEW_BEFORE: "200000" })).toMatchObject({ status: 0 });
    expect(serial(pod, tls)).not.toBe(again);
    expect(spki(pod, tls)).toBe(key);
  });
});

describe("what lies on the volume is no certificate", () => {
  const broken = async (workload: "peer0-org1" | "orderer", name: string) => {
    await bringUp();
    const pod = await authority.node(name);
    await pod.run(authority.enrol(workload));
    writeFileSync(pod.path(tls), "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n");
    return pod.run(authority.enrol(workload));
  };

  test("a peer is told to enrol anew", async () => {
    const { status, message } = await broken("peer0-org1", "peer0-org1-0");
    expect([status, message]).toEqual([1, expect.stringMatching(/tls\/server.crt .*remove .*\/identity there/)]);
  });

  test("an ordering node is never told to throw just its key away: Raft knows it by that", async () => {
    const { status, message } = await broken("orderer", "orderer-0");
    expect([status, message]).toEqual([1, expect.stringMatching(/tls\/server.crt .*keys and ledger together/)]);
    expect(message).not.toMatch(/remove|\/identity there/);
  });
});

describe("the certificates of a pod end together, as the agent looks at one of them", () => {
  const all = [identity, tls, "/var/hyperledger/chaincode/client.crt"];
  const serials = (pod: LocalPod) => all.map((path) => serial(pod, path));

  test("where one is due, all are renewed", async () => {
    await bringUp();
    const pod = await authority.node("peer0-org1-0");
    const start = (change = {}) => pod.run(authority.enrol("peer0-org1"), change);
    await start();
    const first = serials(pod);
    await start({ ENROL_HOSTS: "peer0-org1-0.bank.example" });
    for (const [index, one] of serials(pod).entries()) expect(one).not.toBe(first[index]);
  });

  test("where one cannot be had, none is renewed, so that the next start tries all again", async () => {
    await bringUp();
    const pod = await authority.node("peer0-org1-0");
    await pod.run(authority.enrol("peer0-org1"));
    const first = serials(pod);
    const away = { ENROL_CA: "localhost:1", ENROL_SHORT_PATIENCE: "1", ENROL_RENEW_BEFORE: "200000" };
    const started = await pod.run(authority.enrol("peer0-org1"), away);
    expect(started).toMatchObject({ status: 0, message: "", said: expect.stringMatching(/renewed together/) });
    expect(serials(pod)).toEqual(first);
    const names = { ...away, ENROL_HOSTS: "peer0-org1-0.bank.example" };
    expect(await pod.run(authority.enrol("peer0-org1"), names)).toMatchObject({ status: 0 });
    // Other names do not wait for that.
    expect(new X509Certificate(pod.read(tls)).subjectAltName).toBe("DNS:peer0-org1-0.bank.example");
  });
});

test("an ordering node outlives its organisation's authorities with the pair that it has", async () => {
  await bringUp();
  const former = authority;
  const before = await former.node("orderer-0");
  await before.run(former.enrol("orderer"));
  const [certificate, issued] = [serial(before, tls), serial(before, identity)];
  await former.stopServers();
  await bringUp();
  try {
    // The same volume, and what the Job publishes of both.
    const pod = await authority.node("orderer-0", relative(authority.folder, before.folder));
    const content = (data: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text)]));
    const both = withFormer(content(await authority.publish()), content(await former.publish()), Date.now());
    const texts = Object.entries(both).map(([key, bytes]) => [key, Buffer.from(bytes).toString()]);
    pod.mount("/run/msp", Object.fromEntries(texts) as Record<string, string>);
    const started = await pod.run(authority.enrol("orderer"));
    expect(started).toMatchObject({ status: 0, message: "", said: expect.stringMatching(/warning: .* refuses/) });
    expect(serial(pod, tls)).toBe(certificate);
    expect(serial(pod, identity)).not.toBe(issued);
    for (const folder of ["cacerts", "intermediatecerts", "tlscacerts"])
      expect(readdirSync(pod.path(`/var/hyperledger/msp/${folder}`))).toHaveLength(2);
    expect(pod.read("/var/hyperledger/tls/ca.crt").match(/BEGIN/g)).toHaveLength(2);
  } finally {
    await former.remove();
  }
});

test("a peer whose certificates have expired enrols anew with its secret", async () => {
  await bringUp("-1m");
  const pod = await authority.node("peer0-org1-0");
  await pod.run(authority.enrol("peer0-org1"));
  await sign("48h");
  const ended = await pod.run(authority.enrol("peer0-org1"));
  expect(ended.said).toMatch(/identity certificate of peer0-org1-0: it expired at .* UTC/);
  expect(ended.said).toMatch(/identity certificate of peer0-org1-0: enrolled/);
  expect(expires(pod, identity)).toBeGreaterThan(Date.now());
  expect(expires(pod, tls)).toBeGreaterThan(Date.now());
});

test("with the authority away, a node with certificates starts and says so; one whose have expired does not", async () => {
  await bringUp();
  const pod = await authority.node("peer0-org1-0");
  const away = { ENROL_CA: "localhost:1", ENROL_TLS_CA: "localhost:1", ENROL_PATIENCE: "1", ENROL_SHORT_PATIENCE: "1" };
  await pod.run(authority.enrol("peer0-org1"));
  const before = [identity, tls].map((path) => serial(pod, path));
  const due = await pod.run(authority.enrol("peer0-org1"), { ...away, ENROL_RENEW_BEFORE: "200000" });
  expect(due).toMatchObject({ status: 0, message: "" });
  expect(due.said).toMatch(
    /warning: localhost:1 does not answer.*going on with the present certificate, which holds until/,
  );
  expect([identity, tls].map((path) => serial(pod, path))).toEqual(before);
  await sign("-1m");
  await pod.run(authority.enrol("peer0-org1"), { ENROL_RENEW_BEFORE: "200000" });
  const expired = await pod.run(authority.enrol("peer0-org1"), away);
  expect(expired).toMatchObject({
    status: 1,
    message: expect.stringMatching(/^no identity certificate for peer0-org1-0: localhost:1 does not answer/),
  });
});

test("other host names are certified at the next start", async () => {
  await bringUp();
  const pod = await authority.node("orderer-2");
  await pod.run(authority.enrol("orderer"));
  const key = spki(pod, tls);
  await pod.run(authority.enrol("orderer"), { ENROL_HOSTS: "orderer-2.bank.example,localhost" });
  expect(new X509Certificate(pod.read(tls)).subjectAltName).toBe("DNS:orderer-2.bank.example, DNS:localhost");
  expect(spki(pod, tls)).toBe(key);
});

test("a peer's built chaincode goes with the pair that it was built for, and stays while that stays", async () => {
  await bringUp();
  const pod = await authority.node("peer0-org1-0");
  const built = pod.path("/var/hyperledger/production/externalbuilder/builds/label-hash");
  await pod.run(authority.enrol("peer0-org1"));
  mkdirSync(built, { recursive: true });
  writeFileSync(`${built}/connection.json`, "{}");
  await pod.run(authority.enrol("peer0-org1"));
  expect(existsSync(built)).toBe(true);
  await pod.run(authority.enrol("peer0-org1"), { ENROL_RENEW_BEFORE: "200000" });
  expect(existsSync(built)).toBe(false);
});

test("an authority's pod has a new certificate after every start, from the same TLS authority", async () => {
  await bringUp();
  const pod = authority.authorityPod;
  const first = pod.read("/run/serving/tls.crt");
  expect(await authority.servingCertificate()).toMatchObject({ status: 0 });
  expect(pod.read("/run/serving/tls.crt")).not.toBe(first);
  const signer = new X509Certificate(pod.read("/var/hyperledger/tls-ca/ca-cert.pem"));
  expect(new X509Certificate(pod.read("/run/serving/tls.crt")).verify(signer.publicKey)).toBe(true);
});
