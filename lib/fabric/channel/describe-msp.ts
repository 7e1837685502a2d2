import type { msp } from "@hyperledger/fabric-protos";
import { X509Certificate } from "node:crypto";

type Msp = msp.FabricMSPConfig;

const kinds: readonly [string, (config: Msp) => Uint8Array[]][] = [
  ["root certificate", (config) => config.getRootCertsList_asU8()],
  ["intermediate certificate", (config) => config.getIntermediateCertsList_asU8()],
  ["TLS root certificate", (config) => config.getTlsRootCertsList_asU8()],
  ["TLS intermediate certificate", (config) => config.getTlsIntermediateCertsList_asU8()],
];

/** What an organisation's MSP trusts now and did not before, and the other way round. */
export function describeMsp(organisation: string, current: Msp | undefined, target: Msp | undefined): string[] {
  if (current === undefined || target === undefined) {
    return current === target ? [] : [`the MSP of ${organisation} is ${current === undefined ? "added" : "removed"}`];
  }
  const sentences = kinds.flatMap(([kind, read]) => {
    const [before, after] = [read(current), read(target)];
    return [
      ...without(after, before).map((pem) => `${organisation} trusts the ${kind} ${nameOf(pem)}`),
      ...without(before, after).map((pem) => `${organisation} no longer trusts the ${kind} ${nameOf(pem)}`),
    ];
  });
  const same = Buffer.compare(current.serializeBinary(), target.serializeBinary()) === 0;
  return sentences.length > 0 || same ? sentences : [`the MSP of ${organisation} changes`];
}

function without(list: readonly Uint8Array[], others: readonly Uint8Array[]): Uint8Array[] {
  return list.filter((one) => !others.some((other) => Buffer.compare(one, other) === 0));
}

/** A certificate by its subject, its end and enough of its fingerprint to find it. */
function nameOf(pem: Uint8Array): string {
  try {
    const certificate = new X509Certificate(pem);
    const subject = certificate.subject.replaceAll("\n", ", ");
    const until = new Date(certificate.validTo).toISOString().slice(0, 10);
    return `${subject} (until ${until}, SHA-256 ${certificate.fingerprint256.slice(0, 11)}…)`;
  } catch {
    // Stand-ins of previews are sentences.
    return new TextDecoder().decode(pem).trim();
  }
}
