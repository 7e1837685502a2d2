import { placesOf } from "../lib/fabric/border";
import type { ConsortiumChannel, ConsortiumOrganisation, OrganisationMaterial } from "../lib/fabric/consortium";
import type { Board, Notice } from "./board";

/** The names under which organisations publish: see {@link import("./board").Board}. */
export const notices = {
  /** The certificates of an organisation's authorities in the own cluster. */
  identities: "msp",
  /** Those of its authorities in others, as they were brought here. */
  identitiesAbroad: "msp-abroad",
  /** How an organisation's part of the network is. */
  status: "agent-status",
  /** The first config block of a channel, by its founder. */
  channel: (channel: string): string => `channel-${channel}`,
  /** Which of an organisation's orderers take part in a channel. */
  orderers: (channel: string): string => `orderers-${channel}`,
  /** An organisation's signature over the next config update of a channel. */
  signature: (channel: string): string => `signature-${channel}`,
} as const;

/** The names of all notices that an organisation shows to agents of other clusters. Whatever has no such name stays at home. */
export function publicNotices(channels: readonly Pick<ConsortiumChannel, "name">[]): readonly string[] {
  const ofChannels = channels.flatMap(({ name }) => [
    notices.channel(name),
    notices.orderers(name),
    notices.signature(name),
  ]);
  return [notices.identities, notices.status, ...ofChannels];
}

/** What an organisation published on one of its sites; in a network of one cluster that has no name. */
export interface SiteNotice {
  readonly site: string | undefined;
  readonly notice: Notice;
}

/**
 * What an organisation published under a name, on each of its sites that has published it.
 * @throws Error where none has, and not all could be asked.
 */
export async function readEach(
  board: Board,
  organisation: ConsortiumOrganisation,
  name: string,
): Promise<readonly SiteNotice[]> {
  const asked = await Promise.allSettled(
    placesOf(organisation).map(async (site) => ({ site, notice: await board.read(organisation.name, name, site) })),
  );
  const found = asked.flatMap((answer) => {
    if (answer.status === "rejected") return [];
    const { site, notice } = answer.value;
    return notice === undefined ? [] : [{ site, notice }];
  });
  const failure = asked.find((answer) => answer.status === "rejected");
  if (found.length === 0 && failure !== undefined) throw failure.reason;
  return found;
}

/** The file in a channel's notice. */
export const genesisFile = "genesis.block";

/** A config update (`common.ConfigUpdate`, serialised) and one organisation's signature over it. */
export interface SignedUpdate {
  readonly update: Uint8Array;
  /** `common.ConfigSignature`, serialised. */
  readonly signature: Uint8Array;
}

/** The notice that carries a signature; {@link signedUpdateOf} reads it. */
export function signatureNotice(signed: SignedUpdate): Notice {
  return { "update.pb": signed.update, "signature.pb": signed.signature };
}

/** The signature in a notice, or undefined if the notice is not one. */
export function signedUpdateOf(notice: Notice): SignedUpdate | undefined {
  const update = notice["update.pb"];
  const signature = notice["signature.pb"];
  return update === undefined || signature === undefined ? undefined : { update, signature };
}

/**
 * The certificates in an organisation's notice: `mspid`, `cacert.pem`, `tlscacert.pem`, and where there are intermediate
 * authorities `intermediatecert.pem` and `tlsintermediatecert.pem`. Each file may hold several certificates.
 * @throws Error naming the file that is missing or holds no certificate.
 */
export function materialOf(notice: Notice): OrganisationMaterial {
  return {
    mspId: textOf(notice, "mspid").trim(),
    rootCertificates: certificatesOf(notice, "cacert.pem"),
    intermediateCertificates: optionalCertificatesOf(notice, "intermediatecert.pem"),
    tlsRootCertificates: certificatesOf(notice, "tlscacert.pem"),
    tlsIntermediateCertificates: optionalCertificatesOf(notice, "tlsintermediatecert.pem"),
  };
}

function textOf(notice: Notice, file: string): string {
  const content = notice[file];
  if (content === undefined) throw new Error(`it lacks ${file}`);
  return Buffer.from(content).toString("utf8");
}

function certificatesOf(notice: Notice, file: string): string[] {
  const found = textOf(notice, file).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new Error(`its ${file} holds no certificate in PEM`);
  return found.map((pem) => `${pem}\n`);
}

function optionalCertificatesOf(notice: Notice, file: string): string[] {
  const content = notice[file];
  return content === undefined || content.length === 0 ? [] : certificatesOf(notice, file);
}
