import type { Network } from "../network";
import type { DocumentKind, Path } from "../problem";
import type { Settings } from "../settings";
import type { CheckFinding } from "./check";

interface Named {
  readonly name: string;
  readonly path: Path;
  /** Who has it, where that is somebody else than the name says. */
  readonly owner?: string;
}

/** Every name after its first use. */
function repeated(
  document: DocumentKind,
  what: string,
  scope: string,
  named: readonly Named[],
  fix = "Give one of the two another name, or remove it.",
): CheckFinding[] {
  const first = new Map<string, Named>();
  return named.flatMap((one): CheckFinding[] => {
    const { name, path } = one;
    const before = first.get(name);
    if (name === "") return [];
    if (before === undefined) {
      first.set(name, one);
      return [];
    }
    return [
      {
        document,
        path,
        found: `${what} ${name}${before.owner === undefined ? " a second time" : `, which ${before.owner} has already`}`,
        allowed: `each ${what} once${scope}`,
        fix,
      },
    ];
  });
}

/** Names that are used twice in a network file. */
export function checkDuplicates(network: Network): CheckFinding[] {
  const all = <T>(
    items: readonly T[],
    base: Path,
    name: (item: T) => string,
    key: (item: T) => Path = () => ["name"],
  ) => items.map((item, index): Named => ({ name: name(item), path: [...base, index, ...key(item)] }));
  const document = "network";
  const { organisations, channels, chaincodes } = network;
  return [
    ...repeated(
      document,
      "organisation",
      "",
      all(organisations, ["organisations"], ({ name }) => name),
    ),
    ...repeated(document, "MSP id", "", mspIds(network)),
    ...repeated(document, "domain", "", domains(network)),
    ...organisations.flatMap(({ name, peers }, index) =>
      repeated(
        document,
        "peer group",
        ` in ${name}`,
        all(peers, ["organisations", index, "peers"], (group) => group.name),
      ),
    ),
    ...repeated(
      document,
      "channel",
      "",
      all(channels, ["channels"], ({ name }) => name),
    ),
    ...channels.flatMap(({ name, members }, index) =>
      repeated(document, "member", ` in channel ${name}`, entries(members, ["channels", index, "members"])),
    ),
    ...channels.flatMap(({ name }) =>
      repeated(
        document,
        "chaincode",
        ` on channel ${name}`,
        chaincodes.flatMap((chaincode, index) =>
          chaincode.channel === name ? [{ name: chaincode.name, path: ["chaincodes", index, "name"] }] : [],
        ),
      ),
    ),
    ...chaincodes.flatMap(({ name, collections }, index) => {
      const base: Path = ["chaincodes", index, "collections"];
      return [
        ...repeated(
          document,
          "collection",
          ` in chaincode ${name}`,
          all(collections, base, (one) => one.name),
        ),
        ...collections.flatMap((collection, rank) =>
          repeated(
            document,
            "member",
            ` in collection ${collection.name}`,
            entries(collection.members, [...base, rank, "members"]),
          ),
        ),
      ];
    }),
  ];
}

const entries = (names: readonly string[], base: Path): Named[] =>
  names.map((name, index) => ({ name, path: [...base, index] }));

/** MSP ids; one that follows from a name that is used twice is not another problem. */
function mspIds({ organisations }: Network): Named[] {
  return organisations.flatMap(({ name, mspId }, index) =>
    organisations.findIndex((other) => other.name === name && other.mspId === mspId) === index
      ? [{ name: mspId, path: ["organisations", index, "mspId"], owner: name }]
      : [],
  );
}

function domains({ organisations }: Network): Named[] {
  return organisations.flatMap(({ name, domain }, index) =>
    organisations.findIndex((other) => other.name === name && other.domain === domain) === index
      ? [{ name: domain, path: ["organisations", index, "domain"], owner: name }]
      : [],
  );
}

/** Names that are used twice in the stack settings. */
export function checkSettingsDuplicates({ sites }: Settings): CheckFinding[] {
  return [
    ...repeated(
      "settings",
      "site",
      "",
      sites.map(({ name }, index) => ({ name, path: ["sites", index, "name"] })),
    ),
    ...sites.flatMap((site, index) => [
      ...repeated(
        "settings",
        "zone",
        ` in site ${site.name}`,
        site.zones.map(({ name }, rank) => ({ name, path: ["sites", index, "zones", rank, "name"] })),
      ),
      ...repeated(
        "settings",
        "pod",
        ` in site ${site.name}`,
        site.zones.flatMap(({ name: owner, pods }, rank) =>
          pods.map((name, place) => ({ name, owner, path: ["sites", index, "zones", rank, "pods", place] })),
        ),
        "Leave it in the zone where its ledger is.",
      ),
    ]),
  ];
}
