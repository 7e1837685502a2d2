import { type orderer } from "@hyperledger/fabric-protos";
import { X509Certificate } from "node:crypto";

type Member = orderer.etcdraft.Consenter;

export interface ConsenterOptions {
  /** `host:port` of consenters that are known to be gone. Those leave first, so that quorums get smaller, not larger. */
  readonly unreachable?: ReadonlySet<string>;
}

/**
 * The consenters after one step towards the goal. Raft takes one change of its members at a time (Fabric refuses more),
 * and each has to settle before the next: a consenter that is lost leaves, one moves, one gets another key, one comes,
 * one leaves. Consenters come before others leave, so that no quorum gets thinner than before and after.
 *
 * A renewed certificate of the same key is no change: Fabric knows consenters by their public keys.
 * @returns The present consenters if there is nothing to do; they keep their places, which Raft numbers follow.
 */
export function nextConsenters(
  now: readonly Member[],
  goal: readonly Member[],
  { unreachable = new Set() }: ConsenterOptions,
): Member[] {
  const leaving = now.filter((member) => !goal.some((other) => addressOf(other) === addressOf(member)));
  const coming = goal.filter((member) => !now.some((other) => addressOf(other) === addressOf(member)));
  const lost = leaving.find((member) => unreachable.has(addressOf(member)));
  if (lost !== undefined) return now.filter((member) => member !== lost);

  const replaced = now.findIndex((member) => replacementOf(member, goal, leaving, coming) !== undefined);
  if (replaced >= 0) {
    return now.map((member, index) =>
      index === replaced ? (replacementOf(member, goal, leaving, coming) ?? member) : member,
    );
  }
  const [newcomer] = coming;
  if (newcomer !== undefined) return [...now, newcomer];
  const [leaver] = leaving;
  return now.filter((member) => member !== leaver);
}

/** The consenter under another address, or at its own with another key. */
function replacementOf(
  member: Member,
  goal: readonly Member[],
  leaving: readonly Member[],
  coming: readonly Member[],
): Member | undefined {
  if (leaving.includes(member)) return coming.find((other) => haveSameKeys(member, other));
  return goal.find((other) => addressOf(other) === addressOf(member) && !haveSameKeys(member, other));
}

/** `host:port`, by which people know a consenter. */
export function addressOf(member: Member): string {
  return `${member.getHost()}:${member.getPort()}`;
}

/** Whether two entries are of the same ordering node, as Fabric sees it. */
export function haveSameKeys(a: Member, b: Member): boolean {
  return (
    haveSameKey(a.getClientTlsCert_asU8(), b.getClientTlsCert_asU8()) &&
    haveSameKey(a.getServerTlsCert_asU8(), b.getServerTlsCert_asU8())
  );
}

function haveSameKey(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  const key = publicKey(a);
  return key !== undefined && key === publicKey(b);
}

function publicKey(pem: Uint8Array): string | undefined {
  try {
    return new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" }).toString("base64");
  } catch {
    // What is no certificate is compared by its bytes alone.
    return undefined;
  }
}
