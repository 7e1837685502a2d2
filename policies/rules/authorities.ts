import { configurationsOf } from "../configurations";
import { object } from "../examples";
import { at, fields, shown, type Fields } from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "identity", scope: "object", kinds: ["ConfigMap"] } as const;
const cryptography = "GB/T 39786-2021, key management";
const fabricCa = "Fabric CA documentation, User's Guide: fabric-ca-server configuration file";

const configMap = (text: string): Manifest =>
  object("v1", "ConfigMap", "ca-amber-config", { data: { "ca.yaml": text } });

/** A year, in which nodes' certificates end at the latest. */
const yearHours = 8760;

/** Hours of a duration as Fabric CA reads it (Go): `8760h`, `525600m`; undefined for what it would not read. */
function hoursOf(value: unknown): number | undefined {
  const [, amount, unit] = /^([0-9.]+)(h|m|s)$/.exec(shown(value, "")) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) / (unit === "h" ? 1 : unit === "m" ? 60 : 3600);
}

/** Where a server signs for nodes and clients, and for how long: not what an authority's own certificate is asked for. */
function signings(content: Fields): readonly (readonly [string, unknown])[] {
  if (content["port"] === undefined) return [];
  const { default: byDefault, profiles } = fields(content["signing"]);
  // Profiles for authorities have constraints; their certificates end with the authority.
  const forNodes = Object.entries(fields(profiles)).filter(
    ([, profile]) => fields(profile)["caconstraint"] === undefined,
  );
  const signsAuthorities = Object.keys(fields(profiles)).length > forNodes.length;
  return [
    ...(byDefault === undefined || signsAuthorities ? [] : [["signing.default", byDefault] as const]),
    ...forNodes.map(([name, profile]) => [`signing.profiles.${name}`, profile] as const),
  ];
}

/** What certificate authorities sign, for how long, and how far down. */
export const authorityRules: readonly ObjectRule[] = [
  {
    ...common,
    id: "identity-certificates-end",
    title: "Certificates of nodes and clients hold for a year at most",
    severity: "advisory",
    why: "A key that somebody copied is good until its certificate ends. Renewal takes no hand, so a short life costs nothing.",
    sources: ["R4", fabricCa, cryptography],
    remedy: "Set `ca.validity` to 8760h or less.",
    check: (one) =>
      configurationsOf(one).flatMap(({ name, content }) =>
        signings(content).flatMap(([where, profile]): Fault[] => {
          const expiry = at(profile, "expiry");
          const hours = hoursOf(expiry);
          return hours !== undefined && hours <= yearHours
            ? []
            : [{ found: `${where}.expiry ${shown(expiry, "not set")} in ${name}` }];
        }),
      ),
    examples: {
      bad: configMap("port: 7054\nca:\n  name: ca\ntls:\n  enabled: true\nsigning:\n  default:\n    expiry: 87600h\n"),
      good: configMap("port: 7054\nca:\n  name: ca\ntls:\n  enabled: true\nsigning:\n  default:\n    expiry: 8760h\n"),
    },
  },
  {
    ...common,
    id: "identity-authority-constrained",
    title: "A root signs one intermediate authority, which signs no further ones, with keys that are long enough",
    severity: "mandatory",
    why: "Without a path length whoever gets the intermediate's key makes authorities of his own, which every member of a channel believes.",
    sources: ["R4", fabricCa, "RFC 5280, section 4.2.1.9: Basic Constraints", cryptography],
    remedy:
      "Set pathlength to 1 for the root and 0 for others, maxpathlen to 0, and keys to ecdsa of 256 bits or more.",
    check: (one) =>
      configurationsOf(one).flatMap(({ name, content }): Fault[] => {
        const { ca, keyrequest } = fields(content["csr"]);
        const length = at(ca, "pathlength");
        const { algo, size } = fields(keyrequest);
        const constraint = at(content, "signing", "profiles", "ca", "caconstraint");
        const further = at(constraint, "maxpathlen");
        return [
          ...(ca === undefined || length === 0 || length === 1
            ? []
            : [{ found: `csr.ca.pathlength ${shown(length)} in ${name}` }]),
          ...(constraint === undefined || further === 0 ? [] : [{ found: `maxpathlen ${shown(further)} in ${name}` }]),
          ...(keyrequest === undefined || (algo === "ecdsa" && typeof size === "number" && size >= 256)
            ? []
            : [{ found: `keys of ${shown(algo)} ${shown(size)} in ${name}` }]),
        ];
      }),
    examples: {
      bad: configMap(
        "ca:\n  name: amber-root-ca\ncsr:\n  keyrequest:\n    algo: ecdsa\n    size: 256\n  ca:\n    expiry: 131400h\n",
      ),
      good: configMap(
        "ca:\n  name: amber-root-ca\ncsr:\n  keyrequest:\n    algo: ecdsa\n    size: 256\n  ca:\n    pathlength: 1\n",
      ),
    },
  },
];
