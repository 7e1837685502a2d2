import { defaultPeerTimeouts, type PeerTimeouts } from "./core-yaml";
import { secondsUntilSilenceShows } from "./keepalive";

/** One value that follows from the distance between the zones, and why it is what it is. */
export interface TimingChoice {
  /** What it is called, such as `Raft tick`. */
  readonly subject: string;
  readonly value: string;
  readonly reason: string;
}

/** How fast a network may act that has to wait for its own messages. */
export interface Timing {
  /** The longest round trip that all this is for, in milliseconds. */
  readonly roundTrip: number;
  readonly raft: {
    /** A Go duration; `TickIntervalOverride` of the ordering nodes, and the tick of the channel. */
    readonly tickInterval: string;
    readonly electionTick: number;
    readonly heartbeatTick: number;
  };
  readonly peer: PeerTimeouts;
  /** The shortest time worth waiting for more transactions before a block is cut, as a Go duration. */
  readonly batchTimeout: string;
  /** Seconds in which nothing is committed after the leader is lost: as a rule, and if the first election fails. */
  readonly secondsWithoutCommit: { readonly usual: number; readonly worst: number };
  /** Seconds until clients of a site that is lost are led to another one; absent where there is one site only. */
  readonly secondsUntilTrafficMoves?: number;
  /** The longest time, in seconds, until Kubernetes calls a lost node NotReady, with which Raft does not freeze. */
  readonly longestNotReady: number;
  readonly choices: readonly TimingChoice[];
}

/**
 * The longest round trip, in milliseconds, between zones that count as one city. Up to it the values for one city hold as
 * they are: they have been measured there.
 */
export const farthestInOneCity = 5;

/** What Fabric takes by itself, and more than which no site needs but the most remote. */
const fabricTick = 500;
/** Below this, elections come of pauses of the processes rather than of lost leaders. */
const shortestTick = 100;
/** Fabric's own, and those of the etcd authors: a follower waits for 10 to 20 heartbeats. */
const electionTick = 10;
const heartbeatTick = 1;
/**
 * Fabric's ordering nodes notice a dead stream after 20 s (TCP user timeout) and then dial the dead member in Raft's own
 * loop, 20 s for each. Both are constants in its source. An address that is out of DNS by then fails at once.
 */
const secondsUntilFreeze = 20;
/** For how long they then freeze at worst, as measured with two silent members. */
const secondsOfFreeze = 47;
/** What the watchdog of the agents takes: three dials in a row that fail, each within about 2 s. */
const secondsUntilNoticed = 6;
/** Time to live of the cluster's DNS answers about Services (CoreDNS: 5 s). */
const secondsOfDns = 5;
/** From NotReady to the new endpoints: the control plane's own way. */
const secondsOfEndpoints = 1;

/**
 * Timing for nodes that are this far from each other.
 * @param roundTrip Milliseconds there and back between the two zones furthest apart.
 * @param endorsement How long a gateway waits for one peer's endorsement, as a Go duration.
 * @throws RangeError for anything but a positive number.
 */
export function timingOf(roundTrip: number, endorsement: string = defaultPeerTimeouts.endorsement): Timing {
  if (!Number.isFinite(roundTrip) || roundTrip <= 0) {
    throw new RangeError(`A round trip takes more than 0 ms, and ${roundTrip} does not`);
  }
  const tick = tickFor(roundTrip);
  const batch = roundedUp(Math.max(200, 5 * roundTrip), 50);
  const farther = roundTrip > farthestInOneCity ? roundedUp(10 * roundTrip, 100) : 0;
  const broadcast = 1000 + farther;
  const usual = (2 * electionTick * tick) / 1000;
  const worst = (3 * electionTick * tick + broadcast) / 1000;
  const longestNotReady = secondsUntilFreeze - secondsOfDns - secondsOfEndpoints;
  const peer = {
    ...defaultPeerTimeouts,
    endorsement,
    broadcast: goDuration(broadcast),
    dial: goDuration(1000 + farther),
  };
  return {
    roundTrip,
    raft: { tickInterval: goDuration(tick), electionTick, heartbeatTick },
    peer,
    batchTimeout: goDuration(batch),
    secondsWithoutCommit: { usual, worst },
    longestNotReady,
    choices: [
      { subject: "Raft tick", value: goDuration(tick), reason: tickReason(roundTrip, tick) },
      {
        subject: "election",
        value: `${electionTick} ticks`,
        reason: `followers wait for ${electionTick} to ${2 * electionTick} heartbeats before they elect another leader`,
      },
      {
        subject: "without commits after the loss of a leader",
        value: `${usual} s`,
        reason: `an election starts after ${usual} s at the latest; ${worst} s if the first one fails, as right after a restart`,
      },
      {
        subject: "gateway's wait for one ordering node",
        value: peer.broadcast,
        reason: "an ordering node that does not answer is left for the next one, well before clients try again",
      },
      {
        subject: "peer's wait for a connection",
        value: peer.dial,
        reason: "a node that cannot be reached is left for another one",
      },
      {
        subject: "peer's notice of a silent ordering node",
        value: `${secondsUntilSilenceShows} s`,
        reason: "its kernel asks after 2 s without a word; gRPC's own pings would take 12 s",
      },
      {
        subject: "gateway's wait for endorsements",
        value: peer.endorsement,
        reason:
          "a peer that does not answer is left for another one; chaincode that takes longer needs a longer " +
          "fabric.endorsementTimeout in the network file",
      },
      {
        subject: "batch timeout, at least",
        value: goDuration(batch),
        reason: "below it blocks get smaller but transactions hardly faster, as every block has to cross that distance",
      },
      {
        subject: "NotReady of a lost node, at most",
        value: `${longestNotReady} s`,
        reason:
          `where it takes longer, Raft freezes for up to ${secondsOfFreeze} s: ${secondsUntilFreeze} s after the loss ` +
          `ordering nodes dial the lost ones, unless their names are gone, and DNS answers live for ${secondsOfDns} s. ` +
          "Kubernetes alone takes 40 s or more to give up a silent machine, so the agents' watchdog marks its pods not " +
          `ready after about ${secondsUntilNoticed} s`,
      },
    ],
  };
}

/**
 * Ten round trips, so that a heartbeat that is late by some is no lost leader. Beyond Fabric's own tick the tick grows
 * only where a heartbeat would else not be there and back before the next.
 */
function tickFor(roundTrip: number): number {
  const comfortable = Math.min(fabricTick, Math.max(shortestTick, 10 * roundTrip));
  return roundedUp(Math.max(comfortable, 2 * roundTrip), 10);
}

function tickReason(roundTrip: number, tick: number): string {
  const distance = `${roundTrip} ms there and back`;
  if (tick === shortestTick) {
    return `${distance}: heartbeats could come faster, but below ${shortestTick} ms a pause of a process looks like a loss`;
  }
  if (tick < fabricTick) return `ten round trips of ${roundTrip} ms, so that one late heartbeat starts no election`;
  if (tick === fabricTick)
    return `${distance}: Fabric's own tick, as ten round trips would make elections slower still`;
  return `two round trips of ${roundTrip} ms, so that a heartbeat is answered before the next one leaves`;
}

function roundedUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** As Go writes it, and as people do: `100ms`, `2s`, `1.5s`. */
function goDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds}ms` : `${milliseconds / 1000}s`;
}
