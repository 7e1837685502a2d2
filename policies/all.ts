import type { Rule } from "./rule";
import { authorityRules } from "./rules/authorities";
import { backupRules } from "./rules/backups";
import { budgetRules } from "./rules/budgets";
import { cloudRules } from "./rules/cloud";
import { cloudExposureRules } from "./rules/cloud-exposure";
import { consensusRules } from "./rules/consensus";
import { disruptionRules } from "./rules/disruption";
import { exposureRules } from "./rules/exposure";
import { identityRules } from "./rules/identity";
import { imageRules } from "./rules/images";
import { nameRules } from "./rules/names";
import { listenerRules } from "./rules/listeners";
import { networkRules } from "./rules/network";
import { podRules } from "./rules/pods";
import { storageRules } from "./rules/storage";

/** Every rule. What is here is listed, explained, documented, tested on its own examples, and held against every plan. */
export const rules: readonly Rule[] = [
  ...consensusRules,
  ...budgetRules,
  ...disruptionRules,
  ...identityRules,
  ...listenerRules,
  ...authorityRules,
  ...networkRules,
  ...podRules,
  ...imageRules,
  ...storageRules,
  ...backupRules,
  ...exposureRules,
  ...cloudExposureRules,
  ...cloudRules,
  ...nameRules,
];
