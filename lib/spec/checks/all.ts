import { checkChannels } from "./channels";
import type { ModelCheck, NetworkCheck, SettingsCheck } from "./check";
import { checkClashes } from "./clashes";
import { checkCollections } from "./collections";
import { checkDuplicates, checkSettingsDuplicates } from "./duplicates";
import { checkClusterNames, checkNames } from "./names";
import { checkParticipation } from "./participation";
import { checkPolicies } from "./policies";
import { checkReferences } from "./references";
import { checkVolumes } from "./volumes";

/** What is asked of a network file beyond its form. */
export const networkChecks: readonly NetworkCheck[] = [
  checkDuplicates,
  checkReferences,
  checkPolicies,
  checkNames,
  checkClashes,
  checkCollections,
  checkParticipation,
  checkChannels,
];

/** What is asked of stack settings beyond their form. */
export const settingsChecks: readonly SettingsCheck[] = [checkSettingsDuplicates, checkVolumes];

/** What is asked of the two together. Placement adds its own: see `loadStack`. */
export const modelChecks: readonly ModelCheck[] = [checkClusterNames];
