import type { orderer } from "@hyperledger/fabric-protos";
import { addressOf, haveSameKeys } from "./consenters";

type Metadata = orderer.etcdraft.ConfigMetadata;
type Member = orderer.etcdraft.Consenter;

/** What differs between members and options of Raft, in sentences. */
export function describeRaft(current: Metadata | undefined, target: Metadata | undefined): string[] {
  if (current === undefined || target === undefined) {
    return current === target ? [] : ["the way in which the channel is ordered changes"];
  }
  return [
    ...describeMembers(current.getConsentersList(), target.getConsentersList()),
    ...describeOptions(current, target),
  ];
}

function describeMembers(now: readonly Member[], later: readonly Member[]): string[] {
  const name = shortNames([...now, ...later]);
  const atSameAddress = (members: readonly Member[], member: Member) =>
    members.find((other) => addressOf(other) === addressOf(member));
  const leaving = now.filter((member) => atSameAddress(later, member) === undefined);
  const coming = later.filter((member) => atSameAddress(now, member) === undefined);
  const moved = leaving.flatMap((from) => coming.filter((to) => haveSameKeys(from, to)).map((to) => ({ from, to })));
  return [
    ...moved.map(({ from, to }) => `consenter ${name(from)} moves from ${addressOf(from)} to ${addressOf(to)}`),
    ...later.flatMap((member) => {
      const before = atSameAddress(now, member);
      if (before === undefined || haveSameKeys(before, member)) return [];
      return [`consenter ${name(member)} gets a certificate of another key`];
    }),
    ...coming
      .filter((member) => !moved.some(({ to }) => to === member))
      .map((member) => `consenter ${name(member)} added (${later.length} instead of ${now.length})`),
    ...leaving
      .filter((member) => !moved.some(({ from }) => from === member))
      .map((member) => `consenter ${name(member)} removed (${later.length} of ${now.length} remain)`),
  ];
}

/** The first label of a host where it tells the consenters apart (a pod's name), else the address. */
function shortNames(members: readonly Member[]): (member: Member) => string {
  const label = (member: Member) => member.getHost().split(".")[0] ?? "";
  return (member) => {
    const alike = members.filter((other) => label(other) === label(member));
    const alone = alike.every((other) => addressOf(other) === addressOf(member));
    // The label of an IP address says nothing.
    return alone && !/^[0-9]*$/.test(label(member)) ? label(member) : addressOf(member);
  };
}

function describeOptions(current: Metadata, target: Metadata): string[] {
  const [now, later] = [current, target].map((metadata) => metadata.getOptions());
  const options: [string, string | number | undefined, string | number | undefined][] = [
    ["tick of Raft", now?.getTickInterval(), later?.getTickInterval()],
    ["ticks before an election", now?.getElectionTick(), later?.getElectionTick()],
    ["ticks between heartbeats", now?.getHeartbeatTick(), later?.getHeartbeatTick()],
    ["blocks in flight", now?.getMaxInflightBlocks(), later?.getMaxInflightBlocks()],
    ["bytes between Raft's snapshots", now?.getSnapshotIntervalSize(), later?.getSnapshotIntervalSize()],
  ];
  return options.flatMap(([what, before, after]) =>
    before === after ? [] : [`${what}: ${before ?? "nothing"} becomes ${after ?? "nothing"}`],
  );
}
