import { common } from "@hyperledger/fabric-protos";
import { decodePolicy } from "./decode-policy";
import { decodeValue } from "./decode-value";
import { base64, canonicalJson } from "./json";

/** What becomes of one member of a group; what is `undefined` is not in that set. */
export interface MemberChange<V> {
  /** The unchanged member by its version alone. */
  readonly same?: V;
  readonly read?: V;
  readonly write?: V;
  readonly result: V;
}

/** How the members of one kind are compared: values, policies or groups. */
export interface Kind<V> {
  compare(current: V, target: V, name: string): MemberChange<V>;
  added(target: V): V;
}

interface Versioned {
  getVersion(): number;
  getModPolicy(): string;
}

export const valueKind: Kind<common.ConfigValue> = {
  compare(current, target, name) {
    const equal = sameModPolicy(current, target) && sameValue(name, current, target);
    return changeOf(equal, current, valueAt(current.getVersion()), valueAt(current.getVersion() + 1, target));
  },
  added: (target) => valueAt(0, target),
};

export const policyKind: Kind<common.ConfigPolicy> = {
  compare(current, target) {
    const equal = sameModPolicy(current, target) && samePolicy(current, target);
    return changeOf(equal, current, policyAt(current.getVersion()), policyAt(current.getVersion() + 1, target));
  },
  added: (target) => policyAt(0, target),
};

function changeOf<V>(equal: boolean, current: V, same: V, next: V): MemberChange<V> {
  return equal ? { same, result: current } : { write: next, result: next };
}

function sameModPolicy(a: Versioned, b: Versioned): boolean {
  return a.getModPolicy() === b.getModPolicy();
}

/** Whether two values say the same, however their bytes are arranged. */
function sameValue(name: string, a: common.ConfigValue, b: common.ConfigValue): boolean {
  const [left, right] = [a.getValue_asU8(), b.getValue_asU8()];
  if (Buffer.compare(left, right) === 0) return true;
  return canonicalJson(decodeValue(name, left, base64)) === canonicalJson(decodeValue(name, right, base64));
}

function samePolicy(a: common.ConfigPolicy, b: common.ConfigPolicy): boolean {
  return canonicalJson(decodePolicy(a.getPolicy(), base64)) === canonicalJson(decodePolicy(b.getPolicy(), base64));
}

function valueAt(version: number, content?: common.ConfigValue): common.ConfigValue {
  const value = new common.ConfigValue();
  value.setVersion(version);
  if (content !== undefined) {
    value.setModPolicy(content.getModPolicy());
    value.setValue(content.getValue_asU8());
  }
  return value;
}

function policyAt(version: number, content?: common.ConfigPolicy): common.ConfigPolicy {
  const policy = new common.ConfigPolicy();
  policy.setVersion(version);
  if (content !== undefined) {
    policy.setModPolicy(content.getModPolicy());
    policy.setPolicy(content.getPolicy());
  }
  return policy;
}
