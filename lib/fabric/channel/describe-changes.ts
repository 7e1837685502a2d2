import type { common } from "@hyperledger/fabric-protos";
import { decodePolicy } from "./decode-policy";
import { decodeValue } from "./decode-value";
import { describeRaft } from "./describe-raft";
import { base64, canonicalJson, type Json } from "./json";
import { describeMsp } from "./describe-msp";
import { policyText } from "./policy-text";
import { mspOf, raftOf } from "./read";

/** What differs between two configs, in sentences for people; none if nothing does. */
export function describeChanges(current: common.Config, target: common.Config): string[] {
  const raft = describeRaft(raftOf(current), raftOf(target));
  return [...raft, ...describeGroup([], current.getChannelGroup(), target.getChannelGroup())];
}

/** Names of the groups from the channel's own down to one. */
type Path = readonly string[];

function describeGroup(
  path: Path,
  current: common.ConfigGroup | undefined,
  target: common.ConfigGroup | undefined,
): string[] {
  if (current === undefined || target === undefined) return [];
  const sentences: string[] = [];
  for (const [name, before, after] of pairs(current.getValuesMap(), target.getValuesMap())) {
    if (name === "ConsensusType") continue;
    if (name === "MSP") sentences.push(...describeMsp(subject(path), mspOf(current), mspOf(target)));
    else sentences.push(...describeValue(path, name, jsonOf(name, before), jsonOf(name, after)));
  }
  for (const [name, before, after] of pairs(current.getPoliciesMap(), target.getPoliciesMap())) {
    sentences.push(...describePolicy(path, name, before, after));
  }
  for (const [name, before, after] of pairs(current.getGroupsMap(), target.getGroupsMap())) {
    if (before === undefined) sentences.push(`${subject([...path, name])} is added`);
    else if (after === undefined) sentences.push(`${subject([...path, name])} is removed`);
    else sentences.push(...describeGroup([...path, name], before, after));
  }
  if (current.getModPolicy() !== target.getModPolicy()) {
    sentences.push(`${subject(path)} is changed by ${target.getModPolicy()} instead of ${current.getModPolicy()}`);
  }
  return sentences;
}

/** What a group is to people. */
function subject(path: Path): string {
  const [kind, organisation] = path;
  if (organisation !== undefined) return `${kind === "Orderer" ? "ordering organisation" : "member"} ${organisation}`;
  if (kind === undefined) return "the channel";
  return kind === "Orderer" ? "the ordering service" : "the application";
}

interface Members<V> {
  get(name: string): V | undefined;
  forEach(visit: (member: V, name: string) => void): void;
}

function pairs<V>(current: Members<V>, target: Members<V>): [string, V | undefined, V | undefined][] {
  const names = new Set<string>();
  for (const members of [current, target]) members.forEach((_, name) => names.add(name));
  return [...names].sort().map((name) => [name, current.get(name), target.get(name)]);
}

function jsonOf(name: string, value: common.ConfigValue | undefined): Json | undefined {
  return value === undefined ? undefined : decodeValue(name, value.getValue_asU8(), base64);
}

function describePolicy(
  path: Path,
  name: string,
  before: common.ConfigPolicy | undefined,
  after: common.ConfigPolicy | undefined,
): string[] {
  const [now, later] = [before, after].map((policy) => canonicalJson(decodePolicy(policy?.getPolicy(), base64)));
  if (now === later && before?.getModPolicy() === after?.getModPolicy()) return [];
  const what = `policy ${name} of ${subject(path)}`;
  if (before === undefined) return [`${what} is added: ${policyText(after?.getPolicy())}`];
  if (after === undefined) return [`${what} is removed`];
  return [`${what}: ${policyText(before.getPolicy())} becomes ${policyText(after.getPolicy())}`];
}

/** Values of which every field is worth a sentence, by what people call the fields. */
const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  BatchTimeout: { timeout: "batch timeout" },
  BatchSize: {
    max_message_count: "transactions per block",
    absolute_max_bytes: "largest block in bytes",
    preferred_max_bytes: "preferred size of a block in bytes",
  },
};

function describeValue(path: Path, name: string, before: Json | undefined, after: Json | undefined): string[] {
  if (
    canonicalJson(before ?? null) === canonicalJson(after ?? null) &&
    (before === undefined) === (after === undefined)
  ) {
    return [];
  }
  const known = fields[name];
  if (known !== undefined) {
    return Object.entries(known).flatMap(([field, words]) => {
      const [now, later] = [fieldOf(before, field), fieldOf(after, field)];
      return now === later ? [] : [`${words}: ${now} becomes ${later}`];
    });
  }
  const lists: Readonly<Record<string, [string, (value: Json | undefined) => string[]]>> = {
    Capabilities: ["capability", (value) => Object.keys(recordOf(recordOf(value)["capabilities"]))],
    Endpoints: ["ordering node", (value) => listOf(recordOf(value)["addresses"]).map(String)],
    AnchorPeers: ["anchor peer", (value) => listOf(recordOf(value)["anchor_peers"]).map(hostAndPort)],
  };
  const list = lists[name];
  if (list === undefined) return [`${name} of ${subject(path)} ${changeOf(before, after)}`];
  const [words, read] = list;
  return describeList(`${words} of ${subject(path)}`, read(before), read(after));
}

function changeOf(before: Json | undefined, after: Json | undefined): string {
  if (before === undefined) return "is added";
  return after === undefined ? "is removed" : "changes";
}

/** What came and what went; the order counts only if nothing else did. */
function describeList(what: string, before: readonly string[], after: readonly string[]): string[] {
  const added = after.filter((one) => !before.includes(one)).map((one) => `${what} added: ${one}`);
  const removed = before.filter((one) => !after.includes(one)).map((one) => `${what} removed: ${one}`);
  const sentences = [...added, ...removed];
  return sentences.length === 0 ? [`${what}: another order`] : sentences;
}

function fieldOf(value: Json | undefined, name: string): string {
  const field = recordOf(value)[name] ?? "nothing";
  return typeof field === "object" ? canonicalJson(field) : String(field);
}

function hostAndPort(value: Json): string {
  return `${fieldOf(value, "host")}:${fieldOf(value, "port")}`;
}

function recordOf(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
