import { namespaceName, recoveryNamespaceName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Finding, Path } from "../spec/problem";
import type { Settings, Site } from "../spec/settings";
import { counted } from "../spec/words";
import { checkLosses } from "./check";
import { checkPins } from "./check-pins";
import { checkEngine, checkSites } from "./check-sites";
import { centersAsDomains } from "./domain";
import { pinnablePods } from "./pins";
import { placeOnCenters } from "./place";
import { fullZones } from "./zones";

/**
 * Whether a network over three centers and a witness goes on when any one of them is lost, and reads when the city is:
 * everything that can be said from the two documents, before anything is made. Which center writes is fixed here, so that
 * there are never two sides that do.
 */
export function checkCenters(network: Network, settings: Settings): Finding[] {
  const centers = [...checkRoles(settings), ...checkZonesOfCenters(settings)];
  const around = [
    ...centers,
    ...checkEngine(settings),
    ...checkDirect(settings),
    ...checkRecovery(settings),
    ...checkRecoveryNamespace(network),
  ];
  // Without its centers there is nothing to place, and each sum would only say so again.
  if (centers.length > 0) return around;
  const domains = centersAsDomains(settings);
  const sites = checkSites(network, settings, domains);
  const pins = checkPins(settings, pinnablePods(network, "sites"));
  return [
    ...around,
    ...sites,
    ...pins,
    ...(pins.length > 0 ? [] : checkLosses(placeOnCenters(network, settings), domains, sites.length === 0)),
  ];
}

type Role = NonNullable<Site["center"]>;

const roles: Readonly<Record<Role, { readonly count: number; readonly allowed: string; readonly fix: string }>> = {
  city: {
    count: 2,
    allowed: "two: both write, and each stands in for the other",
    fix: "say `center: city` of the two sites of one city",
  },
  remote: {
    count: 1,
    allowed: "one: with none nobody takes over, and with two primaries-to-be nobody could say whose blocks count",
    fix: "say `center: remote` of the one site that opens when the city is lost",
  },
  witness: {
    count: 1,
    allowed: "one, outside of the city and of the remote center: it keeps the two from taking each other for lost",
    fix: "say `center: witness` of one small cluster",
  },
};

function checkRoles({ sites }: Settings): Finding[] {
  const unsaid = sites.flatMap(({ name, center }, index): Finding[] =>
    center !== undefined
      ? []
      : [
          {
            document: "settings",
            path: ["sites", index],
            found: `site ${name} without \`center\``,
            allowed: "city, remote or witness",
            fix: "say what it is among the three centers",
          },
        ],
  );
  if (unsaid.length > 0) return unsaid;
  return Object.entries(roles).flatMap(([role, { count, allowed, fix }]): Finding[] => {
    const own = sites.filter(({ center }) => center === role).map(({ name }) => name);
    if (own.length === count) return [];
    const names = own.length === 0 ? "" : ` (${own.join(", ")})`;
    return [
      {
        document: "settings",
        path: ["sites"],
        found: `${own.length === 0 ? `no ${role} center` : counted(own.length, `${role} center`)}${names}`,
        allowed,
        fix,
      },
    ];
  });
}

function checkZonesOfCenters({ sites }: Settings): Finding[] {
  return sites.flatMap((site, index): Finding[] => {
    const at: Path = ["sites", index, "zones"];
    const { name, center, zones } = site;
    if (center === "witness") {
      return zones.flatMap(({ consenters = 0, pods }, rank): Finding[] =>
        consenters === 0 && pods.length === 0
          ? []
          : [
              {
                document: "settings",
                path: [...at, rank],
                found: `nodes for ${name}, the witness`,
                allowed: "none: whoever decides must not depend on what it decides about",
                fix: "take `consenters` and `pods` out",
              },
            ],
      );
    }
    if (fullZones(zones).length > 0) return [];
    return [
      {
        document: "settings",
        path: at,
        found: `${name} with witness zones only`,
        allowed: "at least one zone that carries peers",
        fix: "take `witness: true` off a zone: in three-center the witness is a site",
      },
    ];
  });
}

/** A node's twin has its name: what brings objects by name would take the two for one in two homes. */
function checkDirect({ federation }: Settings): Finding[] {
  if (federation === undefined || federation.engine === "direct") return [];
  return [
    {
      document: "settings",
      path: ["federation", "engine"],
      found: `engine ${federation.engine}`,
      allowed: "direct: at the remote center stand twins of the city's ordering nodes, which no engine may start",
      fix: "write `engine: direct`, and leave `host` out",
    },
  ];
}

function checkRecovery({ recovery }: Settings): Finding[] {
  if (recovery !== undefined) return [];
  return [
    {
      document: "settings",
      path: ["recovery"],
      found: "no `recovery`",
      allowed: "how the remote center takes over; all but the approvers has a default",
      fix: "say at least `recovery: {approvers: [<who may order writes>]}`",
    },
  ];
}

function checkRecoveryNamespace(network: Network): Finding[] {
  const taken = recoveryNamespaceName(network);
  return network.organisations.flatMap((organisation, index): Finding[] =>
    namespaceName(network, organisation) !== taken
      ? []
      : [
          {
            document: "network",
            path: ["organisations", index, "name"],
            found: `the organisation ${organisation.name}, whose namespace would be ${taken}`,
            allowed: `any other name: with three centers ${taken} is the namespace of failovers`,
            fix: "give the organisation another name",
          },
        ],
  );
}
