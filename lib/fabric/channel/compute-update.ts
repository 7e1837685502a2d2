import { common } from "@hyperledger/fabric-protos";
import { policyKind, valueKind, type Kind, type MemberChange } from "./member-kinds";

/** A change of a config, and the config that Fabric makes of it. */
export interface ComputedUpdate {
  readonly update: common.ConfigUpdate;
  /** The target with the versions that its parts have once the update is applied. */
  readonly result: common.Config;
}

/**
 * The smallest update that leads from one config to another, by the rules of `configtxlator compute_update`: the read
 * set names what must not have changed meanwhile, the write set what is new at one version more. Content is compared,
 * not bytes, for Fabric writes the same maps in any order.
 * @returns `undefined` if nothing differs.
 */
export function computeUpdate(
  channel: string,
  current: common.Config,
  target: common.Config,
): ComputedUpdate | undefined {
  const change = compareGroups(current.getChannelGroup(), target.getChannelGroup());
  if (!change.changed) return undefined;
  const update = new common.ConfigUpdate();
  update.setChannelId(channel);
  update.setReadSet(change.read);
  update.setWriteSet(change.write);
  const result = new common.Config();
  result.setSequence(current.getSequence() + 1);
  result.setChannelGroup(change.result);
  return { update, result };
}

interface GroupChange {
  readonly changed: boolean;
  readonly read: common.ConfigGroup;
  readonly write: common.ConfigGroup;
  readonly result: common.ConfigGroup;
}

const groupKind: Kind<common.ConfigGroup> = {
  compare(current, target) {
    const { changed, read, write, result } = compareGroups(current, target);
    return changed ? { read, write, result } : { same: read, result };
  },
  added(target) {
    const { write } = compareGroups(undefined, target);
    write.setVersion(0);
    write.setModPolicy(target.getModPolicy());
    return write;
  },
};

function compareGroups(
  current: common.ConfigGroup = new common.ConfigGroup(),
  target: common.ConfigGroup = new common.ConfigGroup(),
): GroupChange {
  const values = compareMembers(current.getValuesMap(), target.getValuesMap(), valueKind);
  const policies = compareMembers(current.getPoliciesMap(), target.getPoliciesMap(), policyKind);
  const groups = compareMembers(current.getGroupsMap(), target.getGroupsMap(), groupKind);
  const all = [values, policies, groups];
  // A group's version counts its membership and mod_policy; what its members say has versions of its own.
  const itself = all.some(({ membership }) => membership) || current.getModPolicy() !== target.getModPolicy();
  const version = current.getVersion() + (itself ? 1 : 0);
  const write = groupOf(version, itself ? target.getModPolicy() : "");
  const read = groupOf(current.getVersion(), "");
  const result = groupOf(version, target.getModPolicy());
  for (const [set, part] of [
    [read, "read"],
    [write, "write"],
    [result, "result"],
  ] as const) {
    fill(set.getValuesMap(), values.changes, part, itself);
    fill(set.getPoliciesMap(), policies.changes, part, itself);
    fill(set.getGroupsMap(), groups.changes, part, itself);
  }
  return { changed: itself || all.some(({ changed }) => changed), read, write, result };
}

function groupOf(version: number, modPolicy: string): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setVersion(version);
  group.setModPolicy(modPolicy);
  return group;
}

interface Members<V> {
  get(name: string): V | undefined;
  has(name: string): boolean;
  set(name: string, member: V): unknown;
  forEach(visit: (member: V, name: string) => void): void;
}

interface MembersChange<V> {
  /** Whether a member came or went. */
  readonly membership: boolean;
  readonly changed: boolean;
  readonly changes: readonly (readonly [string, MemberChange<V>])[];
}

function compareMembers<V>(current: Members<V>, target: Members<V>, kind: Kind<V>): MembersChange<V> {
  const changes: [string, MemberChange<V>][] = [];
  let membership = false;
  target.forEach((member, name) => {
    const before = current.get(name);
    if (before === undefined) {
      const added = kind.added(member);
      membership = true;
      changes.push([name, { write: added, result: added }]);
    } else {
      changes.push([name, kind.compare(before, member, name)]);
    }
  });
  current.forEach((_, name) => {
    membership ||= !target.has(name);
  });
  return { membership, changes, changed: membership || changes.some(([, change]) => change.write !== undefined) };
}

/** Puts one side of each change into a set. Unchanged members are named only where the membership changes. */
function fill<V>(
  set: Members<V>,
  changes: MembersChange<V>["changes"],
  part: "read" | "write" | "result",
  membership: boolean,
): void {
  for (const [name, change] of changes) {
    const member = change[part] ?? (membership ? change.same : undefined);
    if (member !== undefined) set.set(name, member);
  }
}
