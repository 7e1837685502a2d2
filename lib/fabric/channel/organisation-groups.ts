import { common, msp, peer } from "@hyperledger/fabric-protos";
import type { ConsortiumOrganisation, OrganisationMaterial } from "../consortium";
import { configGroup } from "./group";

/** An organisation as it stands among the ordering organisations of a channel. */
export function orderingOrganisationGroup(
  { mspId, orderers }: ConsortiumOrganisation,
  material: OrganisationMaterial,
): common.ConfigGroup {
  const endpoints = new common.OrdererAddresses();
  endpoints.setAddressesList(orderers.map(({ host, port }) => `${host}:${port}`));
  return configGroup({
    values: { MSP: mspConfig(material), Endpoints: endpoints },
    policies: { Readers: anyOf(mspId, "member"), Writers: anyOf(mspId, "member"), Admins: anyOf(mspId, "admin") },
  });
}

/** An organisation as it stands among the members of a channel, whose peers join. */
export function memberOrganisationGroup(
  { mspId, anchorPeers }: ConsortiumOrganisation,
  material: OrganisationMaterial,
): common.ConfigGroup {
  return configGroup({
    values: {
      MSP: mspConfig(material),
      // Fabric's own tools leave the value out, too, where there is nothing to say.
      ...(anchorPeers.length > 0 && { AnchorPeers: anchorPeersMessage(anchorPeers) }),
    },
    policies: {
      Readers: anyOf(mspId, "admin", "peer", "client"),
      Writers: anyOf(mspId, "admin", "client"),
      Admins: anyOf(mspId, "admin"),
      Endorsement: anyOf(mspId, "peer"),
    },
  });
}

function anyOf(mspId: string, ...roles: string[]): string {
  return `OR(${roles.map((role) => `'${mspId}.${role}'`).join(", ")})`;
}

function anchorPeersMessage(anchors: ConsortiumOrganisation["anchorPeers"]): peer.AnchorPeers {
  const message = new peer.AnchorPeers();
  for (const { host, port } of anchors) {
    const anchor = new peer.AnchorPeer();
    anchor.setHost(host);
    anchor.setPort(port);
    message.addAnchorPeers(anchor);
  }
  return message;
}

/** The verifying MSP of an organisation: what its own `msp` folders say, without any identity. */
function mspConfig(material: OrganisationMaterial): msp.MSPConfig {
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily("SHA2");
  crypto.setIdentityIdentifierHashFunction("SHA256");
  const fabric = new msp.FabricMSPConfig();
  fabric.setName(material.mspId);
  fabric.setRootCertsList(material.rootCertificates.map(pemBytes));
  fabric.setIntermediateCertsList(material.intermediateCertificates.map(pemBytes));
  fabric.setTlsRootCertsList(material.tlsRootCertificates.map(pemBytes));
  fabric.setTlsIntermediateCertsList(material.tlsIntermediateCertificates.map(pemBytes));
  fabric.setCryptoConfig(crypto);
  fabric.setFabricNodeOus(nodeOUs());
  const config = new msp.MSPConfig();
  config.setConfig(fabric.serializeBinary());
  return config;
}

/** Roles by organisational unit. No certificate is named with them, so that a CA may be issued anew. */
function nodeOUs(): msp.FabricNodeOUs {
  const unit = (name: string): msp.FabricOUIdentifier => {
    const identifier = new msp.FabricOUIdentifier();
    identifier.setOrganizationalUnitIdentifier(name);
    return identifier;
  };
  const units = new msp.FabricNodeOUs();
  units.setEnable(true);
  units.setClientOuIdentifier(unit("client"));
  units.setPeerOuIdentifier(unit("peer"));
  units.setAdminOuIdentifier(unit("admin"));
  units.setOrdererOuIdentifier(unit("orderer"));
  return units;
}

/** One spelling of a PEM text, whoever wrote it: agents compare what each of them computes. */
export function pemBytes(pem: string): Uint8Array {
  return new TextEncoder().encode(`${pem.replaceAll("\r\n", "\n").trim()}\n`);
}
