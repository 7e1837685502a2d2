import type { ConsenterSight, RenewablePod, RenewalStep, RenewalView } from "./view";

/** Milliseconds until a pod whose eviction was refused is tried again. */
const afterRefusal = 30_000;

/** Milliseconds that a node may be behind and still count as caught up, as blocks are always on their way. */
const onTheirWay = 10_000;

/**
 * Which pod to restart next, so that it renews its certificates; one at a time, and none while anything else of its kind
 * is not well. Of ordering nodes, one in the whole network: never without a quorum of the others, and a leader last.
 *
 * A pod whose eviction was refused lets the others go first, and is tried again when they have had their turn: the refusal
 * may stand for as long as anybody likes.
 *
 * Where little time is left (a quarter of `renewBefore`), others that are not well no longer hold it up, but a quorum
 * still does: a certificate that has ended takes its node away in any case.
 */
export function decideRenewal(view: RenewalView): RenewalStep {
  const due = view.pods.filter((pod) => isDue(pod, view)).sort((one, other) => byTurn(one, other, view));
  const refusals: RenewalStep[] = [];
  for (const pod of due) {
    const why = against(pod, view);
    if (why === undefined) {
      if (pod.role !== "orderer") return { kind: "restart", pod: pod.pod, lease: false };
      const down = ownConsenter(pod, view)?.up === false;
      return { kind: "restart", pod: pod.pod, lease: true, ...(down ? { down } : {}) };
    }
    refusals.push({ kind: "wait", pod: pod.pod, why });
  }
  return refusals[0] ?? { kind: "rest" };
}

/** Why a pod is not to be restarted now; undefined where nothing is against it. */
function against(pod: RenewablePod, view: RenewalView): string | undefined {
  const refusal = view.refused?.get(pod.pod);
  if (refusal !== undefined && view.now - refusal.at < afterRefusal) return refusal.why;
  if (!view.authority && pod.role !== "authority")
    return "the certificate authority is not ready, and without it there is no new certificate";
  return pod.role === "orderer" ? againstOrderer(pod, view) : againstOther(pod, view);
}

/** Whether a pod's certificate is to be renewed; not again soon if it was started since and still has the old one. */
export function isDue(
  { certificate, startedAt }: Pick<RenewablePod, "certificate" | "startedAt">,
  { now, renewBefore }: Pick<RenewalView, "now" | "renewBefore">,
): boolean {
  if (certificate.notAfter - now >= renewBefore) return false;
  const wasTried =
    startedAt !== undefined && startedAt > certificate.notBefore && renewalFailed(certificate, startedAt, renewBefore);
  return !wasTried || now - (startedAt ?? 0) > renewBefore / 4;
}

/** Whether a pod that was started when its certificate was due has come up with the same one. */
export function renewalFailed(
  { notAfter, notBefore }: { readonly notAfter: number; readonly notBefore: number },
  startedAt: number,
  renewBefore: number,
): boolean {
  return startedAt > notBefore && notAfter - startedAt < renewBefore;
}

/** Those refused least recently first; of these the most urgent; leaders last; else in the order in which they end. */
function byTurn(one: RenewablePod, other: RenewablePod, view: RenewalView): number {
  const leads = ({ pod }: RenewablePod): number =>
    view.consenters.find((consenter) => consenter.pod === pod && consenter.own)?.leads === true ? 1 : 0;
  const refusedAt = ({ pod }: RenewablePod): number => view.refused?.get(pod)?.at ?? 0;
  return (
    refusedAt(one) - refusedAt(other) ||
    Number(isUrgent(other, view)) - Number(isUrgent(one, view)) ||
    leads(one) - leads(other) ||
    one.certificate.notAfter - other.certificate.notAfter ||
    one.pod.localeCompare(other.pod)
  );
}

const isUrgent = ({ certificate }: Pick<RenewablePod, "certificate">, { now, renewBefore }: RenewalView): boolean =>
  certificate.notAfter - now < renewBefore / 4;

const hasSettled = (startedAt: number | undefined, { now, settle }: RenewalView): boolean =>
  startedAt !== undefined && now - startedAt >= settle;

function againstOther(pod: RenewablePod, view: RenewalView): string | undefined {
  // A pod that is not ready serves nobody: starting it anew takes nothing away.
  if (!pod.ready || isUrgent(pod, view)) return undefined;
  const fellow = view.pods.find((one) => one.role === pod.role && one.pod !== pod.pod && !one.ready);
  if (fellow !== undefined) return `${fellow.pod} is not ready`;
  const fresh = view.pods.find((one) => one.role === pod.role && !hasSettled(one.startedAt, view));
  if (fresh !== undefined) return `${fresh.pod} was started a moment ago`;
  if (pod.role !== "peer") return undefined;
  const late = view.peers.find((peer) => peer.pod !== pod.pod && peer.behindFor > onTheirWay);
  return late === undefined ? undefined : `${late.pod} has not caught up yet`;
}

const ownConsenter = ({ pod }: RenewablePod, { consenters }: RenewalView): ConsenterSight | undefined =>
  consenters.find((one) => one.own && one.pod === pod);

function againstOrderer(pod: RenewablePod, view: RenewalView): string | undefined {
  const self = ownConsenter(pod, view);
  const others = view.consenters.filter((one) => one !== self);
  const up = others.filter((one) => one.up && one.behindFor <= onTheirWay);
  const quorum = Math.floor(view.consenters.length / 2) + 1;
  // A node that is down takes part in nothing: starting it anew takes nothing away.
  if (self?.up === false) return undefined;
  // Of one or two ordering nodes none can stop without ending the quorum; it must be all the same.
  if (up.length < quorum && others.length >= quorum)
    return `only ${up.length} other ordering nodes are up and level; ${quorum} must be`;
  if (isUrgent(pod, view)) return undefined;
  const down = others.find((one) => !one.up);
  if (down !== undefined) return `${down.pod} does not answer or is not ready`;
  const late = others.find((one) => one.behindFor > onTheirWay);
  if (late !== undefined) return `${late.pod} has not caught up yet`;
  const fresh = view.consenters.find((one) => !hasSettled(one.startedAt, view));
  if (fresh !== undefined) return `${fresh.pod} was started a moment ago, or it is not known when`;
  return self?.leads === true ? againstLeader(others, view) : undefined;
}

/** A leader that moves makes everybody wait for an election: once is enough, when all others have had their turn. */
function againstLeader(others: readonly ConsenterSight[], view: RenewalView): string | undefined {
  const waiting = others.find(
    ({ leads, certificate }) =>
      leads !== true && certificate !== undefined && certificate.notAfter - view.now < view.renewBefore,
  );
  return waiting === undefined ? undefined : `it leads, and ${waiting.pod} is to be renewed before it`;
}
