import { X509Certificate } from "node:crypto";
import type { OrganisationMaterial } from "../../lib/fabric/consortium";
import { daysBeforeAuthorityEnds } from "../../lib/fabric/alerts";
import type { Condition } from "./document";

const day = 86_400_000;

/** An authority that certificates in use come from. */
export interface Authority {
  /** Common name of its certificate. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

/**
 * The authorities above certificates, from those that issued them up to their roots; former ones, which are published
 * beside them, have nothing below and are left out.
 * @param certificates PEM.
 */
export function authoritiesAbove(
  certificates: readonly string[],
  material: OrganisationMaterial,
): readonly Authority[] {
  const known = [
    ...material.rootCertificates,
    ...material.intermediateCertificates,
    ...material.tlsRootCertificates,
    ...material.tlsIntermediateCertificates,
  ].map((pem) => new X509Certificate(pem));
  const found = new Set<X509Certificate>();
  const climb = (certificate: X509Certificate): void => {
    for (const issuer of known) {
      if (found.has(issuer) || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) continue;
      found.add(issuer);
      climb(issuer);
    }
  };
  for (const pem of certificates) climb(new X509Certificate(pem));
  return [...found].map((certificate) => ({
    name: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject.replaceAll("\n", ", "),
    notAfter: Date.parse(certificate.validTo),
  }));
}

/** Whether an authority is still good for long enough to be replaced in peace. @param now Milliseconds since 1970. */
export function authorityCondition({ name, notAfter }: Authority, now: number): Condition {
  const left = Math.floor((notAfter - now) / day);
  const lasts = left >= daysBeforeAuthorityEnds;
  return {
    type: "AuthorityValid",
    object: `authority/${name}`,
    status: lasts ? "True" : "False",
    reason: lasts ? "Valid" : notAfter > now ? "EndsSoon" : "Expired",
    message: `its certificate ends ${new Date(notAfter).toISOString()} (${left} days), and with it every certificate that it signed`,
    ...(lasts ? {} : { remedy: "nothing renews an authority: replace it as docs/certificates.md says, Renewal" }),
  };
}
