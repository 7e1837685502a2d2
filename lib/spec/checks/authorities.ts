import { identityObjects } from "../names";
import type { Network, Organisation } from "../network";
import type { Path } from "../problem";
import type { CheckFinding } from "./check";

/** Certificate authorities whose replicas would not be one, and Secrets that are not the reader's to name. */
export function checkAuthorities(network: Network): CheckFinding[] {
  return network.organisations.flatMap((organisation, index) => [
    ...several(organisation, index),
    ...reserved(organisation, index),
  ]);
}

function several({ name, ca }: Organisation, index: number): CheckFinding[] {
  if (ca.replicas === 1) return [];
  const base: Path = ["organisations", index, "ca"];
  const path: Path = [...base, "replicas"];
  const found = `${ca.replicas} replicas of the certificate authority of ${name}`;
  const findings: CheckFinding[] = [];
  if (ca.registry.postgresql === undefined) {
    findings.push({
      document: "network",
      path,
      found: `${found}, each with a registry of its own in SQLite`,
      allowed: "1, or registry.postgresql: an identity registered with one replica must be known to the others",
      fix: "Name the Secret of a PostgreSQL in ca.registry.postgresql.secretName, or run one replica.",
      assumes: [path, [...base, "registry"]],
    });
  }
  if (ca.certificates === undefined) {
    findings.push({
      document: "network",
      path,
      found: `${found}, and no certificates of yours`,
      allowed:
        "1, or certificates.secretName: replicas sign with the same key, and a key that is made stays on one volume",
      fix: "Name the Secret with the authority's certificates and keys in ca.certificates.secretName, or run one replica.",
      assumes: [path, [...base, "certificates"]],
    });
  }
  return findings;
}

function reserved({ name, ca }: Organisation, index: number): CheckFinding[] {
  const taken: readonly string[] = [identityObjects.registrar, identityObjects.enrolment];
  const named: [string | undefined, Path][] = [
    [ca.certificates?.secretName, ["certificates", "secretName"]],
    [ca.registry.postgresql?.secretName, ["registry", "postgresql", "secretName"]],
  ];
  return named.flatMap(([secret, path]): CheckFinding[] =>
    secret === undefined || !taken.includes(secret)
      ? []
      : [
          {
            document: "network",
            path: ["organisations", index, "ca", ...path],
            found: `${secret}, which the Jobs of ${name} make for themselves`,
            allowed: "a Secret of yours",
            fix: "Give your Secret another name.",
          },
        ],
  );
}
