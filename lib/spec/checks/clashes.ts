import { gatewayServiceName, headlessServiceName, orderingServiceName, podName } from "../names";
import type { Network, Organisation } from "../network";
import type { Path } from "../problem";
import type { CheckFinding } from "./check";
import { workloadsOf } from "./names";

/** Who uses a name inside an organisation's namespace. */
interface Claim {
  readonly name: string;
  readonly owner: string;
  readonly path: Path;
}

/** Names that two things in one namespace would bear: StatefulSets, their pods' Services, Services of the organisation. */
export function checkClashes(network: Network): CheckFinding[] {
  return network.organisations.flatMap((organisation, index) => [
    ...clashesIn(organisation, index),
    ...confusing(organisation, index),
  ]);
}

function clashesIn(organisation: Organisation, index: number): CheckFinding[] {
  const taken = new Map<string, Claim>();
  const found = new Map<string, CheckFinding>();
  for (const claim of claimsOf(organisation, index)) {
    const other = taken.get(claim.name);
    if (other === undefined) {
      taken.set(claim.name, claim);
      continue;
    }
    // Two groups of one name are reported as that.
    if (other.owner === claim.owner) continue;
    const finding: CheckFinding = {
      document: "network",
      path: claim.path,
      found: `the name ${claim.name}, which ${other.owner} of ${organisation.name} has too`,
      allowed: `a name that no other StatefulSet or Service of ${organisation.name} has`,
      fix: "Choose another name.",
      assumes: [claim.path, other.path],
    };
    // One sentence per pair is enough, though each of their pods clashes.
    const pair = `${claim.owner} ${other.owner}`;
    if (!found.has(pair)) found.set(pair, finding);
  }
  return [...found.values()];
}

/** What people cannot choose comes first, so that the problem stands at what they can. */
function claimsOf(organisation: Organisation, index: number): Claim[] {
  const own: Path = ["organisations", index, "name"];
  const services = [
    ...Object.values(headlessServiceName),
    gatewayServiceName(organisation),
    orderingServiceName(organisation),
  ];
  const workloads = workloadsOf(organisation, index);
  const fixed = workloads.filter(({ path }) => path.length === own.length);
  const chosen = workloads.filter(({ path }) => path.length !== own.length);
  return [
    ...services.map((name) => ({ name, owner: `a Service`, path: own })),
    ...[...fixed, ...chosen].flatMap(({ what, name, pods, path }) => [
      { name, owner: what, path },
      ...Array.from({ length: Math.min(pods, 100) }, (_, ordinal) => ({
        name: podName(name, ordinal),
        owner: what,
        path,
      })),
    ]),
  ];
}

/** `orderer-0` beside `orderer-bank-0` would be legal, and read wrongly at three in the morning. */
function confusing({ name, peers, orderers }: Organisation, index: number): CheckFinding[] {
  if (orderers === undefined) return [];
  return peers.flatMap((group, rank): CheckFinding[] =>
    group.name !== orderers.name
      ? []
      : [
          {
            document: "network",
            path: ["organisations", index, "peers", rank, "name"],
            found: `a peer group called ${group.name}, as the ordering nodes of ${name} are`,
            allowed: "different names for peers and ordering nodes of one organisation",
            fix: "Call the group peer0, for example.",
          },
        ],
  );
}
