import { X509Certificate } from "node:crypto";
import type { Consortium, ConsortiumOrganisation, OrganisationMaterial } from "../../lib/fabric/consortium";
import type { Board } from "../board";
import { inWords } from "../fabric/problem";
import type { Log } from "../log";
import { readMaterial } from "../material";

/** Whose TLS certificates are trusted at the border, by what this cluster knows of all organisations' authorities. */
export class Trust {
  private materials = new Map<string, OrganisationMaterial>();

  constructor(
    private readonly of: {
      /** Of the own cluster. */
      readonly board: () => Board;
      readonly consortium: () => Consortium;
      readonly site: string;
      readonly log: Log;
    },
  ) {}

  /** Reads all bundles anew; of one that cannot be read, what was read last stays. */
  async refresh(): Promise<void> {
    const { board, consortium, site, log } = this.of;
    const read = await Promise.all(
      consortium().organisations.map(async (organisation) => {
        const { name } = organisation;
        try {
          const { material } = await readMaterial(board(), organisation, site);
          return material === undefined ? [] : [[name, material] as const];
        } catch (error) {
          log("warn", "the authorities of an organisation cannot be read", { organisation: name, why: inWords(error) });
          const before = this.materials.get(name);
          return before === undefined ? [] : [[name, before] as const];
        }
      }),
    );
    this.materials = new Map(read.flat());
  }

  /** TLS authorities of one organisation, PEM; none where it is not known. */
  authoritiesOf(organisation: string): readonly string[] {
    const material = this.materials.get(organisation);
    return material === undefined ? [] : tlsAuthorities(material);
  }

  /** TLS authorities of all organisations, PEM. */
  everybody(): readonly string[] {
    return [...new Set([...this.materials.values()].flatMap(tlsAuthorities))];
  }

  /** The organisation whose TLS authorities issued a certificate that TLS itself has found good. */
  organisationOf(certificate: X509Certificate): ConsortiumOrganisation | undefined {
    return this.of.consortium().organisations.find(({ name }) => {
      const material = this.materials.get(name);
      return material !== undefined && isIssuedBelow(certificate, material);
    });
  }
}

const tlsAuthorities = ({ tlsRootCertificates, tlsIntermediateCertificates }: OrganisationMaterial) => [
  ...tlsRootCertificates,
  ...tlsIntermediateCertificates,
];

function isIssuedBelow(certificate: X509Certificate, material: OrganisationMaterial): boolean {
  const issuers = tlsAuthorities(material).map((pem) => new X509Certificate(pem));
  return issuers.some((issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
}
