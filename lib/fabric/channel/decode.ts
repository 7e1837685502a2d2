import { type common } from "@hyperledger/fabric-protos";
import { decodePolicy } from "./decode-policy";
import { decodeValue } from "./decode-value";
import { base64, type Json, type JsonObject, type WriteBytes } from "./json";

/**
 * Configs as plain JSON, in the words and the structure of `configtxlator proto_decode` of Fabric 3.x: names with
 * underscores, 64-bit numbers as texts, opaque bytes opened where Fabric says what is in them.
 */

/** `common.Config`. */
export function decodeConfig(config: common.Config, bytes: WriteBytes = base64): JsonObject {
  return { channel_group: decodeGroup(config.getChannelGroup(), bytes), sequence: String(config.getSequence()) };
}

/** `common.ConfigUpdate`. */
export function decodeConfigUpdate(update: common.ConfigUpdate, bytes: WriteBytes = base64): Json {
  return {
    channel_id: update.getChannelId(),
    isolated_data: {},
    read_set: decodeGroup(update.getReadSet(), bytes),
    write_set: decodeGroup(update.getWriteSet(), bytes),
  };
}

/** `common.ConfigGroup`, with keys in the order of their names. */
function decodeGroup(group: common.ConfigGroup | undefined, bytes: WriteBytes = base64): Json {
  if (group === undefined) return null;
  return {
    groups: decodeMap(group.getGroupsMap(), (child) => decodeGroup(child, bytes)),
    mod_policy: group.getModPolicy(),
    policies: decodeMap(group.getPoliciesMap(), (policy) => ({
      mod_policy: policy.getModPolicy(),
      policy: decodePolicy(policy.getPolicy(), bytes),
      version: String(policy.getVersion()),
    })),
    values: decodeMap(group.getValuesMap(), (value, name) => ({
      mod_policy: value.getModPolicy(),
      value: decodeValue(name, value.getValue_asU8(), bytes),
      version: String(value.getVersion()),
    })),
    version: String(group.getVersion()),
  };
}

interface ProtobufMap<V> {
  forEach(visit: (value: V, key: string) => void): void;
}

function decodeMap<V>(map: ProtobufMap<V>, decode: (value: V, key: string) => Json): Json {
  const entries: [string, Json][] = [];
  map.forEach((value, key) => entries.push([key, decode(value, key)]));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
