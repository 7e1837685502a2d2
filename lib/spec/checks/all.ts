import { checkChaincodeServers } from "./chaincode-servers";
import { checkAuthorities } from "./authorities";
import { checkChannels } from "./channels";
import type { Checks, ModelCheck } from "./check";
import { checkClashes } from "./clashes";
import { checkCollections } from "./collections";
import { checkIdentities } from "./identities";
import { checkDuplicates, checkSettingsDuplicates } from "./duplicates";
import { checkClusterNames, checkNames } from "./names";
import { checkConsenters, checkParticipation } from "./participation";
import { checkPolicies } from "./policies";
import { checkReferences } from "./references";
import type { Network } from "../network";
import type { Settings } from "../settings";
import { checkClassNames, checkVolumes } from "./volumes";

/** What is asked of a network file beyond its form. */
export const networkChecks: Checks<Network> = {
  shape: [checkDuplicates, checkReferences, checkParticipation],
  detail: [
    checkPolicies,
    checkNames,
    checkClashes,
    checkCollections,
    checkConsenters,
    checkChannels,
    checkChaincodeServers,
    checkAuthorities,
    checkIdentities,
  ],
};

/** What is asked of stack settings beyond their form. */
export const settingsChecks: Checks<Settings> = { shape: [checkSettingsDuplicates], detail: [checkVolumes] };

/** What is asked of the two together. Placement adds its own: see `loadStack`. */
export const modelChecks: readonly ModelCheck[] = [checkClusterNames, checkClassNames];
