import { receivesBlocks } from "../../lib/fabric/readiness";
import type { NodeHeights } from "../fabric/status";
import { type ApiServer, isAbsent, isConflict } from "../kubernetes/api-server";
import { holds, type Pod } from "../kubernetes/objects";
import type { Condition, NodeStatus } from "../status/document";
import { certificateCondition } from "../status/certificates";
import type { RaftSight } from "../status/orderer-metrics";
import { podTrouble } from "../status/pod-troubles";
import { renewalFailed } from "../renewal/decide";
import { setPodCondition } from "../watch/pod-conditions";
import type { Progress } from "../watch/progress";
import { judgePeer } from "../watch/receives-blocks";
import { reliableHeights } from "./heights";
import { type KnownNode, objectOf } from "./known-nodes";
import { type Lookout, startedAt } from "./lookout";

/** What one look at the network has to go by. */
export interface Findings {
  readonly nodes: readonly KnownNode[];
  readonly lookout: Pick<Lookout, "pods" | "sight" | "dates">;
  readonly heights: readonly NodeHeights[];
  readonly raft: ReadonlyMap<string, RaftSight>;
  readonly foreign: ReadonlyMap<string, NodeStatus>;
  /** When each own node last told its heights, by host, on the clock of {@link Lookout.look}. */
  readonly toldAt: ReadonlyMap<string, number>;
  /** The channels in which each own node has been seen, by host. */
  readonly wasIn: ReadonlyMap<string, ReadonlySet<string>>;
  /** Of the channels that the own peers should be in. */
  readonly channels: readonly string[];
  readonly progress: Progress;
  readonly renewBefore: number;
}

/** Takes note of all heights, the own and those that other organisations told of their ordering nodes. */
export function noteHeights(findings: Findings, now: number): void {
  const { heights, progress } = findings;
  for (const { channels } of heights) for (const { channel, height } of channels) progress.saw(channel, height, now);
  for (const [channel, height] of reliableHeights(findings)) progress.saw(channel, height, now);
}

/** The own nodes, as the status tells of them. */
export function nodeStatuses({ nodes, lookout, heights, raft }: Findings): readonly NodeStatus[] {
  return nodes
    .filter(({ own }) => own)
    .map((known) => {
      const { node, role } = known;
      const sight = lookout.sight(known);
      const said = heights.find((one) => one.node.host === node.host);
      const pod = lookout.pods.get(node.pod);
      const started = pod === undefined ? undefined : startedAt(pod);
      const unreachable = sight?.there === false ? sight.why : said?.unreachable;
      const leads = raft.get(node.host)?.leads;
      const dates = sight?.certificate;
      return {
        pod: node.pod,
        role,
        zone: node.zone,
        ready: pod !== undefined && holds(pod, "Ready"),
        ...(unreachable === undefined ? {} : { unreachable }),
        channels: said?.channels ?? [],
        ...(leads === undefined ? {} : { leads }),
        ...(dates === undefined
          ? {}
          : { certificate: { notBefore: iso(dates.notBefore), notAfter: iso(dates.notAfter) } }),
        ...(started === undefined ? {} : { startedAt: iso(started) }),
      };
    });
}

/** What is wrong, or right, with the own nodes and all own pods. */
export function nodeConditions({ nodes, lookout, renewBefore }: Findings, now: number): readonly Condition[] {
  const own = nodes.filter((known) => known.own);
  const ofNodes = own.flatMap((known) => {
    const sight = lookout.sight(known);
    if (sight === undefined) return [];
    const object = objectOf(known);
    const pod = lookout.pods.get(known.node.pod);
    const started = pod === undefined ? undefined : startedAt(pod);
    const { certificate } = sight;
    const failed =
      certificate !== undefined && started !== undefined && renewalFailed(certificate, started, renewBefore);
    return [
      reachable(object, sight),
      ...(certificate === undefined ? [] : [certificateCondition(object, certificate, now, renewBefore, failed)]),
    ];
  });
  const troubles = [...lookout.pods.values()].flatMap((pod) => {
    const known = own.find(({ node }) => node.pod === pod.metadata.name);
    return podTrouble(pod, known === undefined ? `pod/${pod.metadata.name}` : objectOf(known)) ?? [];
  });
  return [...ofNodes, ...troubles];
}

function reachable(object: string, { there, why }: { readonly there: boolean; readonly why?: string }): Condition {
  const about = { type: "NodeReachable", object };
  if (there) return { ...about, status: "True", reason: "Answers", message: "it answers on its main port" };
  return {
    ...about,
    status: "False",
    reason: "NoAnswer",
    message: `it does not answer on its main port: ${why ?? "no reason known"}`,
    remedy:
      "see the pod and its machine (kubectl describe pod); if both are well, the NetworkPolicies between it and the agent",
  };
}

/**
 * Sets the readiness gate of every own peer of which something can be said.
 * @returns Conditions of the same content.
 * @throws ApiError
 */
export async function setGates(
  api: ApiServer,
  namespace: string,
  findings: Findings,
  now: number,
): Promise<readonly Condition[]> {
  const { nodes, lookout, heights, toldAt, wasIn, channels, progress } = findings;
  // Those that exist: some node has been seen in it.
  const existing = channels.filter((channel) => progress.highest(channel) > 0);
  const anyoneAnswers = nodes.some((known) => lookout.sight(known)?.there === true);
  const peers = nodes.filter(({ own, role }) => own && role === "peer");
  const told = await Promise.all(
    peers.map(async (known) => {
      const said = heights.find(({ node }) => node.host === known.node.host);
      const pod = lookout.pods.get(known.node.pod);
      const sight = {
        pod: known.node.pod,
        heights: said === undefined || said.unreachable !== undefined ? undefined : byChannel(said),
        ...(said?.unreachable === undefined ? {} : { unreachable: said.unreachable }),
        silentFor: now - (toldAt.get(known.node.host) ?? now),
        counted: pod !== undefined && holds(pod, receivesBlocks),
        wasIn: wasIn.get(known.node.host) ?? new Set(),
      };
      const verdict = judgePeer(sight, existing, progress, now, anyoneAnswers);
      if (verdict === undefined || pod === undefined) return [];
      const { status, reason, message } = verdict;
      await onPod(() => setPodCondition(api, namespace, pod, { type: receivesBlocks, status, reason, message }));
      return [{ type: "BlocksArrive", status, reason, message, object: objectOf(known), ...remedyOf(reason) }];
    }),
  );
  return told.flat();
}

function remedyOf(reason: string): { readonly remedy?: string } {
  if (reason !== "FallsBehind") return {};
  return {
    remedy:
      "see the peer's log; a full volume, an ordering service that it cannot reach, or blocks that it refuses keep it there",
  };
}

/** A pod that is gone, or was made anew since it was listed, is looked at again next time. */
export async function onPod(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    if (!isAbsent(thrown) && !isConflict(thrown)) throw thrown;
  }
}

const byChannel = ({ channels }: NodeHeights): Record<string, number> =>
  Object.fromEntries(channels.map(({ channel, height }) => [channel, height]));

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Restarts of all containers of a pod. */
export const restartsOf = (pod: Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
