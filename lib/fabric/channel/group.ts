import { common } from "@hyperledger/fabric-protos";
import type { Message } from "google-protobuf";
import { configPolicy } from "./policies";

/** Everything in our channels may be changed by the admins of the group that it is in. */
const modPolicy = "Admins";

/** What a group of a channel config holds: messages by the names that Fabric knows them by, policies as texts. */
export interface GroupContent {
  readonly groups?: Readonly<Record<string, common.ConfigGroup>>;
  readonly values?: Readonly<Record<string, Message>>;
  readonly policies?: Readonly<Record<string, string>>;
}

/** A group of a new channel: every version is 0, as nothing in it has changed yet. */
export function configGroup({ groups = {}, values = {}, policies = {} }: GroupContent): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setModPolicy(modPolicy);
  for (const [name, child] of Object.entries(groups)) group.getGroupsMap().set(name, child);
  for (const [name, message] of Object.entries(values)) group.getValuesMap().set(name, configValue(message));
  for (const [name, text] of Object.entries(policies)) group.getPoliciesMap().set(name, configPolicy(text, modPolicy));
  return group;
}

function configValue(message: Message): common.ConfigValue {
  const value = new common.ConfigValue();
  value.setModPolicy(modPolicy);
  value.setValue(message.serializeBinary());
  return value;
}
