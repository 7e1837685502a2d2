import type { Network } from "../network";
import { secondsOf } from "../scalars";
import type { Path } from "../problem";
import type { CheckFinding } from "./check";

/** fabric-ca counts the life of a certificate from the nearest whole minute. */
const shortest = "2m";

/** The life of an intermediate authority; nothing that it signs outlives it. */
const longest = "43800h";

/** Certificates that would be renewed without end, or would not last from their making to their first use. */
export function checkIdentities({ identities }: Network): CheckFinding[] {
  const validity: Path = ["identities", "validity"];
  const renewBefore: Path = ["identities", "renewBefore"];
  const seconds = secondsOf(identities.validity);
  if (seconds < secondsOf(shortest) || seconds > secondsOf(longest)) {
    return [
      {
        document: "network",
        path: validity,
        found: identities.validity,
        allowed: `${shortest} to ${longest}: authorities count whole minutes, and sign nothing that outlives them`,
        fix: "8760h is a year, and the default.",
        assumes: [validity],
      },
    ];
  }
  if (secondsOf(identities.renewBefore) < seconds) return [];
  return [
    {
      document: "network",
      path: renewBefore,
      found: `${identities.renewBefore}, with certificates that hold ${identities.validity}`,
      allowed: `less than ${identities.validity}: they would be due when they are new`,
      fix: "A twelfth of the validity is a good measure.",
      assumes: [validity, renewBefore],
    },
  ];
}
