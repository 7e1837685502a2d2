import type { Consortium, ConsortiumChannel, OrganisationMaterial } from "../consortium";
import { channelConfig, consenterOf, orderingOrganisations } from "./config";
import { decodeConfig } from "./decode";
import type { JsonObject, WriteBytes } from "./json";

/** Stand-ins are readable texts, and so are PEMs. */
const asText: WriteBytes = (bytes) => new TextDecoder().decode(bytes).trimEnd();

/**
 * The config of a channel as JSON before there is any certificate: what {@link channelConfig} will build, in the
 * structure of `configtxlator`, with a sentence wherever a certificate is going to stand.
 * @throws RangeError as {@link channelConfig} does.
 */
export function describeChannel(channel: ConsortiumChannel, consortium: Consortium): JsonObject {
  const materials = new Map(
    consortium.organisations.map(({ name, mspId }): [string, OrganisationMaterial] => [
      name,
      {
        mspId,
        rootCertificates: [standIn("root certificate", name)],
        intermediateCertificates: [standIn("intermediate certificate", name)],
        tlsRootCertificates: [standIn("TLS root certificate", name)],
        tlsIntermediateCertificates: [],
      },
    ]),
  );
  const consenters = orderingOrganisations(consortium).flatMap(({ name, orderers }) =>
    orderers.map((node) => consenterOf(node, standIn(`TLS certificate of ${node.pod}`, name))),
  );
  return decodeConfig(channelConfig(channel, consortium, materials, consenters), asText);
}

function standIn(what: string, organisation: string): string {
  return `(${what}: made in the cluster by ${organisation}'s CA)`;
}
