import type { ConsortiumOrganisation, OrganisationMaterial } from "../lib/fabric/consortium";
import { sitesFile } from "../lib/fabric/msp-bundle";
import type { Board, Notice } from "./board";
import { materialOf, notices } from "./notices";

/** The certificates of an organisation's authorities, as far as they are known in this cluster. */
export interface KnownMaterial {
  /** Undefined where there are none yet. */
  readonly material?: OrganisationMaterial;
  /** Sites whose authorities are not among them; nothing may be written into a channel's config before they are. */
  readonly missing: readonly string[];
}

/**
 * Reads what is known of an organisation's authorities, in this cluster only: whom to trust does not come from whoever is
 * yet to be trusted. Of several sites all authorities count, in an order that is the same wherever it is read.
 * @param here The own site; undefined in a network of one cluster.
 * @throws Error where a notice cannot be read, or is not one.
 */
export async function readMaterial(
  board: Board,
  { name, sites }: ConsortiumOrganisation,
  here?: string,
): Promise<KnownMaterial> {
  const own = await board.read(name, notices.identities);
  if (sites === undefined) return own === undefined ? { missing: [] } : { material: materialOf(own), missing: [] };
  const brought = await board.read(name, notices.identitiesAbroad);
  // It stands there before anything is brought.
  const abroad = brought !== undefined && Object.keys(brought).length === 0 ? undefined : brought;
  const known = new Set([
    ...(own === undefined ? [] : sitesOf(own, sites.some((site) => site.name === here) ? here : undefined)),
    ...(abroad === undefined ? [] : sitesOf(abroad)),
  ]);
  const missing = sites.map((site) => site.name).filter((site) => !known.has(site));
  const parts = [own, abroad].flatMap((notice) => (notice === undefined ? [] : [materialOf(notice)]));
  const [first] = parts;
  if (first === undefined) return { missing };
  const other = parts.find(({ mspId }) => mspId !== first.mspId);
  if (other !== undefined) throw new Error(`they are of ${first.mspId} in part, and of ${other.mspId}`);
  return { material: united(first.mspId, parts), missing };
}

/** The sites that a bundle says it holds; one without a word of it is what the authorities of this site published. */
function sitesOf(notice: Notice, unsaid?: string): readonly string[] {
  const said = notice[sitesFile];
  if (said === undefined) return unsaid === undefined ? [] : [unsaid];
  return Buffer.from(said).toString("utf8").split("\n").filter(Boolean);
}

function united(mspId: string, parts: readonly OrganisationMaterial[]): OrganisationMaterial {
  type Lists = Omit<OrganisationMaterial, "mspId">;
  // Agents sign each other's config updates if they come to the same bytes.
  const all = (list: keyof Lists) => [...new Set(parts.flatMap((part) => part[list]))].sort();
  return {
    mspId,
    rootCertificates: all("rootCertificates"),
    intermediateCertificates: all("intermediateCertificates"),
    tlsRootCertificates: all("tlsRootCertificates"),
    tlsIntermediateCertificates: all("tlsIntermediateCertificates"),
  };
}
