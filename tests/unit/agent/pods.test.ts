/** What pods say of themselves becomes words for people. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfigMap } from "../../../agent/kubernetes/config-maps";
import { roleLabel } from "../../../agent/kubernetes/labels";
import { readIdentities } from "../../../agent/register/identities";
import { mspContent, publishMsp, withFormer } from "../../../agent/register/msp";
import { milliseconds } from "../../../agent/run/settings";
import { certificateCondition, clockCondition } from "../../../agent/status/certificates";
import { dated } from "../../../agent/status/document";
import { readRaft } from "../../../agent/status/orderer-metrics";
import { podTrouble } from "../../../agent/status/pod-troubles";
import { labelKeys } from "../../../lib/constructs/labels";
import { testOrganisation } from "../../fabric/identities";
import { MemoryApiServer } from "../../support/memory-api-server";

const day = 86_400_000;

/** A pod whose container waits after it ended with these words. */
function waiting(words: string, reason = "CrashLoopBackOff") {
  const status = {
    name: "enrol",
    state: { waiting: { reason } },
    lastState: { terminated: { exitCode: 1, message: words } },
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "peer0-amber-0", namespace: "trade-amber" },
    status: { phase: "Pending", initContainerStatuses: [status] },
  };
}

test.each([
  ["Error: Response from server: Error Code: 20 - Authentication failure", "EnrolmentRefused", "Job `register`"],
  ["panic: write /var/hyperledger/x: no space left on device", "VolumeFull", "enlarge"],
  ["tls: failed to verify certificate: x509: certificate has expired", "CertificateExpired", "delete the pod"],
  ["https://ca:7054 does not take the enrolment secret of peer0-amber-0", "EnrolmentRefused", "Job `register`"],
  ["nothing can be written to the volume of peer0-amber-0: tmpfs 100%", "VolumeFull", "enlarge"],
  [
    "the certificate of ca:7054 does not hold at 2026-01-01, the time of this node: x509: certificate has expired",
    "ClockSkew",
    "NTP",
  ],
  ["something else", "CrashLoopBackOff", "kubectl -n trade-amber logs peer0-amber-0 -c enrol --previous"],
])("%s", (words, reason, remedy) => {
  const trouble = podTrouble(waiting(words), "peer/peer0-amber-0");
  expect(trouble).toMatchObject({ status: "False", reason, object: "peer/peer0-amber-0" });
  expect(trouble?.remedy).toContain(remedy);
  expect(trouble?.message).toContain(words);
});

test("a node's panic is found before its stack trace, and what it said of others before that is not taken for it", () => {
  const frames = [
    "goroutine 1 [running]:",
    "leveldbhelper.(*DB).Open(0x3e)",
    "\tleveldb_helper.go:76 +0x1bc",
    "main.main()",
  ];
  const log = [
    '{"level":"warn","name":"comm","msg":"TLS handshake: x509: certificate has expired"}',
    "panic: Error opening leveldb: write index/MANIFEST-000000: no space left on device, cleanup error (<nil>)",
    "",
    ...frames,
  ];
  const trouble = podTrouble(waiting(log.join("\n")), "orderer/orderer-0");
  expect(trouble).toMatchObject({
    reason: "VolumeFull",
    message: expect.stringMatching(/Backoff: panic: Error opening/i),
  });
  expect(trouble?.message).not.toMatch(/goroutine|handshake/);
});

test("of a line in JSON its message is told", () => {
  const line =
    '{"level":"fatal","ts":1.5,"name":"server","msg":"Failed to load","error":"write x: no space left on device"}';
  expect(podTrouble(waiting(line), "orderer/orderer-0")).toMatchObject({
    reason: "VolumeFull",
    message: "container enrol: CrashLoopBackOff: Failed to load: write x: no space left on device",
  });
});

test("a pod that is being made is no trouble", () => {
  expect(podTrouble(waiting("", "PodInitializing"), "peer/x")).toBeUndefined();
});

test("certificates are good, due, not renewed, not begun, or ended", () => {
  const about = (begin: number, end: number, failed = false) =>
    certificateCondition("peer/x", { notBefore: begin, notAfter: end }, 0, 30 * day, failed);
  expect(about(-1, 31 * day)).toMatchObject({ status: "True", reason: "Valid" });
  expect(about(-1, 29 * day)).toMatchObject({ status: "True", reason: "RenewalDue" });
  expect(about(-1, 29 * day, true)).toMatchObject({ status: "False", reason: "RenewalFailed" });
  expect(about(1, 31 * day)).toMatchObject({ status: "False", reason: "NotYetValid" });
  expect(about(-1, 0)).toMatchObject({ status: "False", reason: "Expired" });
});

test("clocks may differ by five minutes, in either direction", () => {
  expect(clockCondition(300_000, "agent/x")).toMatchObject({ status: "True" });
  expect(clockCondition(-301_000, "agent/x")).toMatchObject({
    status: "False",
    message: expect.stringContaining("301 s behind"),
  });
});

test("a condition keeps the time since when it has been so, and only turns are news", () => {
  const base = { type: "PeerJoined", reason: "Joined", message: "m", object: "peer/x" } as const;
  const first = dated([{ ...base, status: "True" }], [], "one");
  expect(first).toMatchObject({ all: [{ at: "one" }], changed: [] });
  const same = dated([{ ...base, status: "True", message: "other words" }], first.all, "two");
  expect(same).toMatchObject({ all: [{ at: "one", message: "other words" }], changed: [] });
  expect(dated([{ ...base, status: "False" }], first.all, "three").changed).toMatchObject([{ at: "three" }]);
});

test("Raft's leader is read out of Prometheus' text", () => {
  const text = [
    "# TYPE consensus_etcdraft_is_leader gauge",
    'consensus_etcdraft_is_leader{channel="trade"} 1',
    'consensus_etcdraft_is_leader{channel="bonds"} 0',
    'consensus_etcdraft_active_nodes{channel="trade"} 5',
  ].join("\n");
  expect(readRaft(text)).toEqual({ leads: ["trade"], activeNodes: { trade: 5 } });
});

test("identities are read, or refused with the entry named", () => {
  expect(readIdentities('[{"name":"agent","type":"admin"}]')).toEqual([{ name: "agent", type: "admin" }]);
  expect(() => readIdentities('[{"name":"agent","type":"root"}]')).toThrow(
    /identity 0.*root.*peer, orderer, admin, client/,
  );
  expect(() => readIdentities('[{"name":"../x","type":"peer"}]')).toThrow(/identity 0/);
  expect(() => readIdentities("{}")).toThrow(/not a JSON list/);
});

test("a chain is divided into roots and intermediates, and nothing private is published", async () => {
  const folder = mkdtempSync(join(tmpdir(), "msp-test-"));
  try {
    const { material, tlsAuthority, client } = await testOrganisation({ intermediate: true });
    const chain = [...material.intermediateCertificates, ...material.rootCertificates].join("\n");
    writeFileSync(join(folder, "ca-chain.pem"), chain);
    writeFileSync(join(folder, "tlscacert.pem"), tlsAuthority);
    const content = await mspContent(folder, "AmberMSP");
    const text = (key: string) =>
      Buffer.from(content[key] ?? [])
        .toString()
        .trim();
    expect(text("mspid")).toBe("AmberMSP");
    expect(text("cacert.pem")).toBe(material.rootCertificates.join("").trim());
    expect(text("intermediatecert.pem")).toBe(material.intermediateCertificates.join("").trim());
    writeFileSync(join(folder, "ca-chain.pem"), chain + client.privateKey);
    await expect(mspContent(folder, "AmberMSP")).rejects.toThrow(/private key/);
    writeFileSync(join(folder, "ca-chain.pem"), material.intermediateCertificates.join(""));
    await expect(mspContent(folder, "AmberMSP")).rejects.toThrow(/no root/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("former authorities stay published until they end, behind those in force", async () => {
  const folder = mkdtempSync(join(tmpdir(), "msp-test-"));
  try {
    const content = async () => {
      const { material, tlsAuthority } = await testOrganisation({ intermediate: true });
      const chain = [...material.intermediateCertificates, ...material.rootCertificates].join("\n");
      writeFileSync(join(folder, "ca-chain.pem"), chain);
      writeFileSync(join(folder, "tlscacert.pem"), tlsAuthority);
    };
    const api = new MemoryApiServer();
    const published = async () => {
      await publishMsp(api, "trade-amber", folder, "AmberMSP");
      return (await readConfigMap(api, "trade-amber", "msp")) ?? {};
    };
    await content();
    const former = await published();
    await content();
    const present = await mspContent(folder, "AmberMSP");
    const both = await published();
    for (const key of ["cacert.pem", "intermediatecert.pem", "tlscacert.pem"])
      expect(Buffer.from(both[key] ?? []).toString()).toBe(`${text(present[key])}${text(former[key])}`);
    expect(await published()).toEqual(both);
    expect(withFormer(present, former, Date.now() + day)).toEqual(present);
    // Without its root Fabric would refuse the MSP.
    expect(withFormer(present, { "intermediatecert.pem": former["intermediatecert.pem"]! }, Date.now())).toEqual(
      present,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

test("durations and labels are those of the manifests", () => {
  expect(milliseconds("720h")).toBe(30 * day);
  expect(() => milliseconds("1 day")).toThrow(/720h/);
  expect(roleLabel).toBe(labelKeys.role);
});
