import { holds, type Pod } from "../kubernetes/objects";
import { roleLabel } from "../kubernetes/labels";
import type { CertificateDates, ConsenterSight, RenewablePod, RenewalView } from "../renewal/view";
import type { ChannelStatus } from "../status/document";
import { reliableHeights } from "./heights";
import type { Findings } from "./observe";
import type { KnownNode } from "./known-nodes";
import { runs, startedAt } from "./lookout";

/** Milliseconds that a node must have run before the next is restarted: Raft's and gossip's streams are up by then. */
const settle = 15_000;

/** The agent's own pod, whose certificates it knows from its files. */
export interface OwnIdentity {
  readonly pod: string;
  readonly certificate: CertificateDates;
}

/** What is known for deciding whose certificates to renew next. @param now Milliseconds since 1970. */
export function renewalView(findings: Findings, own: OwnIdentity, now: number, clock: number): RenewalView {
  const { nodes, renewBefore } = findings;
  const peers = nodes.filter((known) => known.own && known.role === "peer");
  return {
    now,
    renewBefore,
    settle,
    pods: renewablePods(findings, own),
    authority: [...findings.lookout.pods.values()].some((pod) => isAuthority(pod) && runs(pod) && holds(pod, "Ready")),
    consenters: nodes.filter(({ role }) => role === "orderer").map((known) => consenter(findings, known, now, clock)),
    peers: peers.map((known) => ({ pod: known.node.pod, behindFor: behind(findings, known, clock) })),
  };
}

function renewablePods({ nodes, lookout }: Findings, own: OwnIdentity): readonly RenewablePod[] {
  return [...lookout.pods.values()].flatMap((pod) => {
    if (!runs(pod)) return [];
    const { name, labels = {} } = pod.metadata;
    const known = nodes.find((one) => one.own && one.node.pod === name);
    const certificate =
      name === own.pod ? own.certificate : known === undefined ? lookout.dates(pod) : lookout.sight(known)?.certificate;
    const isAgent = labels[roleLabel] === "agent";
    // Another agent's certificate is not seen, but whether it is there to take over is.
    if (certificate === undefined && !isAgent) return [];
    return [
      {
        pod: name,
        role: known?.role ?? (isAuthority(pod) ? "authority" : "other"),
        certificate: certificate ?? { notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER },
        ready: holds(pod, "Ready"),
        startedAt: startedAt(pod),
      },
    ];
  });
}

function consenter(findings: Findings, known: KnownNode, now: number, clock: number): ConsenterSight {
  const { lookout, raft, foreign } = findings;
  const sight = lookout.sight(known);
  const status = foreign.get(known.node.host);
  const pod = known.own ? lookout.pods.get(known.node.pod) : undefined;
  const ready = known.own ? pod !== undefined && runs(pod) && holds(pod, "Ready") : (status?.ready ?? false);
  const certificate = sight?.certificate;
  const started = known.own
    ? pod === undefined
      ? undefined
      : startedAt(pod)
    : status?.startedAt === undefined
      ? undefined
      : Date.parse(status.startedAt);
  const leads = known.own ? raft.get(known.node.host)?.leads : status?.leads;
  return {
    pod: known.node.pod,
    own: known.own,
    // Whose certificate has ended answers a knock, and is of no use to the others.
    up: sight?.there === true && ready && (certificate === undefined || certificate.notAfter > now),
    behindFor: takesPart(findings, known) ? behind(findings, known, clock) : Infinity,
    startedAt: started,
    leads: leads === undefined ? undefined : leads.length > 0,
    certificate,
  };
}

/** How long a node has been behind the highest, in the channel where it is worst; for ever, if it does not say. */
function behind(findings: Findings, known: KnownNode, clock: number): number {
  const told = toldBy(findings, known);
  if (told === undefined) return Infinity;
  return Math.max(0, ...told.map(({ channel, height }) => findings.progress.behindFor(channel, height, clock)));
}

/**
 * Whether an ordering node votes in every channel that there is. One that has lost its volume answers every knock, is
 * behind in nothing, and is in none.
 */
function takesPart(findings: Findings, known: KnownNode): boolean {
  const told = toldBy(findings, known);
  return orderedChannels(findings).every((channel) => {
    const of = told?.find((one) => one.channel === channel);
    return of?.status === "active" && of.relation === "consenter";
  });
}

/** What a node said of its channels; undefined where it did not answer whoever asked it. */
function toldBy({ heights, foreign }: Findings, { node: { host } }: KnownNode): readonly ChannelStatus[] | undefined {
  const told = heights.find(({ node }) => node.host === host) ?? foreign.get(host);
  return told === undefined || told.unreachable !== undefined ? undefined : told.channels;
}

/** The channels that exist, as own nodes say, or as many of others as {@link reliableHeights} asks for. */
function orderedChannels(findings: Findings): readonly string[] {
  const own = findings.heights.flatMap(({ channels }) => channels.map(({ channel }) => channel));
  return [...new Set([...own, ...reliableHeights(findings).keys()])];
}

const isAuthority = (pod: Pod): boolean => pod.metadata.labels?.[roleLabel] === "ca";
