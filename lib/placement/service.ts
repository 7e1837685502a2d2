import { endorsementRules, endorsersAmong, peersOn } from "./endorsement";
import type { Place, Remains } from "./failure";
import {
  authoritiesOf,
  orderersOf,
  peersOf,
  severalSites,
  workingPeersOf,
  type PlacedNode,
  type PlacedOrderer,
  type Placement,
} from "./node";
import { raftQuorum } from "./quorum";

/** What users of a network need from it: the columns of the failure matrix. */
export type Service =
  | { readonly kind: "ordering" }
  | { readonly kind: "endorsement"; readonly channel: string }
  | { readonly kind: "gateway"; readonly organisation: string }
  | { readonly kind: "enrolment"; readonly organisation: string }
  /** Where peers stand by at a remote center: whether anybody answers queries. */
  | { readonly kind: "reads"; readonly organisation: string };

/** Whether a service goes on, and the arithmetic that says so. */
export interface Verdict {
  readonly survives: boolean;
  readonly because: string;
}

/** Every service of a network, in the order of its file. */
export function servicesOf(placement: Placement): Service[] {
  const { channels, organisations } = placement.network;
  return [
    { kind: "ordering" },
    ...channels.map(({ name }): Service => ({ kind: "endorsement", channel: name })),
    ...organisations
      .filter(({ peers }) => peers.length > 0)
      .map(({ name }): Service => ({ kind: "gateway", organisation: name })),
    ...organisations.map(({ name }): Service => ({ kind: "enrolment", organisation: name })),
    ...organisations
      .filter(({ name }) => peersOf(placement, name).some(({ standby }) => standby === true))
      .map(({ name }): Service => ({ kind: "reads", organisation: name })),
  ];
}

/** A service in a word or two, for a table's head. */
export function describeService(service: Service): string {
  switch (service.kind) {
    case "ordering":
      return "ordering";
    case "endorsement":
      return `endorsement ${service.channel}`;
    case "gateway":
      return `gateway ${service.organisation}`;
    case "enrolment":
      return `enrolment ${service.organisation}`;
    case "reads":
      return `reads ${service.organisation}`;
  }
}

/** A service with all that is known of it before anything fails. */
interface Judged {
  /** The nodes that it rests on. While all of them live and reach each other it is as if nothing had failed. */
  readonly nodes: readonly PlacedNode[];
  /** Does it go on with what remains? */
  readonly judge: (remains: Remains) => Verdict;
}

/** Looks up what a service rests on, once for all failures that it is judged after. */
export function judged(placement: Placement, service: Service): Judged {
  switch (service.kind) {
    case "ordering":
      return judgedOrdering(placement);
    case "endorsement":
      return judgedEndorsement(placement, service.channel);
    case "gateway":
      return judgedGateway(placement, service.organisation);
    case "enrolment":
      return judgedEnrolment(placement, service.organisation);
    case "reads":
      return judgedReads(placement, service.organisation);
  }
}

/**
 * Zones from which a leader would still reach a majority. With PreVote and CheckQuorum on, a leader anywhere else steps
 * down, so ordering goes on if there is one such zone (`fabric/orderer/consensus/etcdraft`).
 */
function leaderZones(orderers: readonly PlacedOrderer[], remains: Remains): { zone: Place; reached: number }[] {
  const quorum = raftQuorum(orderers.length);
  const alive = orderers.filter(remains.alive);
  return placesOf(alive)
    .map((zone) => ({ zone, reached: alive.filter((other) => remains.reaches(zone, other)).length }))
    .filter(({ reached }) => reached >= quorum);
}

/** The zones that nodes are in, one node for each. */
function placesOf<T extends Place>(nodes: readonly T[]): T[] {
  const found = new Map<string, T>();
  for (const node of nodes) {
    const key = `${node.site}/${node.zone}`;
    if (!found.has(key)) found.set(key, node);
  }
  return [...found.values()];
}

/** A place as people know it: its zone; where a site has one zone only, the site. */
function nameOfPlace({ zones }: Placement, { site, zone }: Place): string {
  return severalSites({ zones }) && zones.filter((one) => one.site === site).length === 1 ? site : zone;
}

function judgedOrdering(placement: Placement): Judged {
  const orderers = orderersOf(placement);
  const needed = `${raftQuorum(orderers.length)} of ${orderers.length} needed`;
  const judge = (remains: Remains): Verdict => {
    const alive = orderers.filter(remains.alive).length;
    const [best] = leaderZones(orderers, remains).sort((a, b) => b.reached - a.reached);
    if (best === undefined) return { survives: false, because: `${alive} consenters left, ${needed}` };
    const cut = best.reached < alive || orderers.some((one) => orderers.some((two) => !remains.reaches(one, two)));
    return {
      survives: true,
      because: cut
        ? `${nameOfPlace(placement, best.zone)} reaches ${best.reached} consenters, ${needed}`
        : `${alive} consenters left, ${needed}`,
    };
  };
  return { nodes: orderers, judge };
}

/** Some gateway must reach endorsing peers that satisfy every policy in use on the channel. */
function judgedEndorsement(placement: Placement, channelName: string): Judged {
  const channel = placement.network.channels.find(({ name }) => name === channelName);
  if (channel === undefined) throw new RangeError(`no channel ${channelName} in network ${placement.network.name}`);
  const nodes = peersOn(placement, channel);
  const rules = endorsementRules(placement.network, channel);
  const judge = (remains: Remains): Verdict => {
    const peers = nodes.filter(remains.alive);
    const reachable = placesOf(peers).map((zone) =>
      endorsersAmong(peers.filter((peer) => remains.reaches(zone, peer))),
    );
    const broken = rules.find((rule) => !reachable.some((endorsers) => rule.satisfiedBy(endorsers)));
    const left = new Set(peers.map(({ organisation }) => organisation.name));
    const without = channel.members.filter((member) => !left.has(member));
    if (broken !== undefined) {
      const missing =
        without.length > 0 ? `no peer left of ${without.join(", ")}` : "its peers cannot be reached together";
      return { survives: false, because: `${missing}; ${broken.subject} needs ${broken.text}` };
    }
    return {
      survives: true,
      because:
        without.length > 0
          ? `no peer left of ${without.join(", ")}, which ${rules.map(({ text }) => text).join(", ")} can do without`
          : `every member has a peer left`,
    };
  };
  return { nodes, judge };
}

/**
 * A peer serves its clients if, whoever leads, it reaches an ordering node that the leader reaches: a node cut off from
 * the leader takes transactions and cannot pass them on. Where nobody can lead, ordering has stopped, which is another
 * column's business; any living ordering node will do.
 */
function judgedGateway(placement: Placement, organisation: string): Judged {
  const all = workingPeersOf(placement, organisation);
  const allOrderers = orderersOf(placement);
  const judge = (remains: Remains): Verdict => {
    const alive = all.filter(remains.alive);
    const orderers = allOrderers.filter(remains.alive);
    const leaders = leaderZones(allOrderers, remains);
    const serves = (from: Place) => {
      const near = orderers.filter((orderer) => remains.reaches(from, orderer));
      return near.length > 0 && leaders.every((leader) => near.some((one) => remains.reaches(one, leader.zone)));
    };
    const serving = alive.filter(serves);
    if (alive.length === 0) return { survives: false, because: `0 of ${all.length} peers left` };
    if (orderers.length === 0) return { survives: false, because: "no ordering node left" };
    const survives = serving.length > 0;
    return serving.length === alive.length
      ? { survives, because: `${serving.length} of ${all.length} peers left` }
      : {
          survives,
          because: `${serving.length} of ${all.length} peers reach an ordering node that reaches the leader`,
        };
  };
  return { nodes: [...all, ...allOrderers], judge };
}

function judgedEnrolment(placement: Placement, organisation: string): Judged {
  const all = authoritiesOf(placement, organisation);
  const judge = (remains: Remains): Verdict => {
    const alive = all.filter(remains.alive).length;
    return {
      survives: alive > 0,
      because:
        alive > 0
          ? `${alive} of ${all.length} certificate authorities left`
          : `its only certificate authority is gone; nodes and clients that have certificates go on`,
    };
  };
  return { nodes: all, judge };
}

/** A peer answers queries from its own ledger, whoever else is left (docs/three-center.md). */
function judgedReads(placement: Placement, organisation: string): Judged {
  const all = peersOf(placement, organisation);
  const judge = (remains: Remains): Verdict => {
    const alive = all.filter(remains.alive);
    const standing = alive.filter(({ standby }) => standby === true).length;
    return {
      survives: alive.length > 0,
      because: `${alive.length} of ${all.length} peers left, ${standing} of them standing by`,
    };
  };
  return { nodes: all, judge };
}
