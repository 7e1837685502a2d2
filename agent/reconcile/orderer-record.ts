import { createHash, type X509Certificate } from "node:crypto";
import { notices } from "../notices";
import type { Pass } from "./pass";

/**
 * Which of the own orderers have taken part in a channel, and under which TLS key: a fingerprint by pod. An orderer
 * cannot say itself that it has lost its ledger, and must not join again under a key that Raft knows: it has forgotten
 * what it agreed to, and ends with `tocommit is out of range` at the first word of the leader, at every start.
 */
export type OrdererRecord = Readonly<Record<string, string>>;

/** What was noted of a channel so far. */
export async function readRecord(pass: Pass, channel: string): Promise<OrdererRecord> {
  const notice = await pass.board.read(pass.own.name, notices.orderers(channel));
  return Object.fromEntries(
    Object.entries(notice ?? {}).map(([pod, content]) => [pod, Buffer.from(content).toString("utf8")]),
  );
}

/** Notes those that take part now, keeps what was noted of the others, and forgets those that the model has no more. */
export async function keepRecord(
  pass: Pass,
  channel: string,
  before: OrdererRecord,
  seen: OrdererRecord,
): Promise<void> {
  const pods = pass.here.orderers.map(({ pod }) => pod);
  const now = pods.flatMap((pod) => {
    const key = seen[pod] ?? before[pod];
    return key === undefined ? [] : [[pod, key] as const];
  });
  if (now.length === Object.keys(before).length && now.every(([pod, key]) => before[pod] === key)) return;
  const content = now.map(([pod, key]) => [pod, Buffer.from(key)] as const);
  await pass.board.publish(notices.orderers(channel), Object.fromEntries(content));
  await pass.did(`noted which orderers of ${pass.own.name} take part in ${channel}`);
}

/** What a key is noted by: hexadecimal SHA-256 of the public key. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash("sha256")
    .update(certificate.publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}
