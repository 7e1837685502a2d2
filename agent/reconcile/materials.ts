import type { Consortium, OrganisationMaterial } from "../../lib/fabric/consortium";
import type { Board } from "../board";
import { inWords } from "../fabric/problem";
import { readMaterial } from "../material";
import { type Condition, isNotSo, isSo } from "./condition";

/** The certificates that the organisations have published, by name. */
export interface Materials {
  /** All that are known: whose certificates are trusted on connections. */
  readonly known: ReadonlyMap<string, OrganisationMaterial>;
  /** Those of organisations all of whose sites are among them: only these may stand in a channel's config. */
  readonly complete: ReadonlyMap<string, OrganisationMaterial>;
}

/**
 * What the organisations have published, and a condition about each organisation.
 * @param site The own one; undefined in a network of one cluster.
 */
export async function collectMaterials(
  consortium: Consortium,
  board: Board,
  site?: string,
): Promise<{ materials: Materials; conditions: Condition[] }> {
  const known = new Map<string, OrganisationMaterial>();
  const complete = new Map<string, OrganisationMaterial>();
  const conditions = await Promise.all(
    consortium.organisations.map(async (organisation): Promise<Condition> => {
      const { name, mspId } = organisation;
      const object = `organisation/${name}`;
      try {
        const { material, missing } = await readMaterial(board, organisation, site);
        if (material === undefined) return notPublished(object, "it has published no certificates yet", "NotPublished");
        if (material.mspId !== mspId) {
          return notPublished(object, `it publishes certificates of ${material.mspId}, not of ${mspId}`, "OtherMsp");
        }
        known.set(name, material);
        if (missing.length > 0) return awaitsSites(object, missing);
        complete.set(name, material);
        return isSo("IdentitiesPublished", object, "Published", "its certificates are published");
      } catch (error) {
        return notPublished(object, `its certificates cannot be read: ${inWords(error)}`, "Unreadable");
      }
    }),
  );
  return { materials: { known, complete }, conditions };
}

function awaitsSites(object: string, missing: readonly string[]): Condition {
  const where = missing.join(", ");
  return isNotSo(
    "IdentitiesPublished",
    object,
    "AwaitsSites",
    `the certificates of its authorities on ${where} have not been brought here yet (ConfigMap msp-abroad)`,
    `See whether its Jobs ca-init have ended on ${where}; then \`pulumi up\` brings what they published to all sites.`,
  );
}

function notPublished(object: string, message: string, reason: string): Condition {
  return isNotSo(
    "IdentitiesPublished",
    object,
    reason,
    message,
    "See whether its Jobs ca-init and register have ended, and whether its ConfigMap msp may be read from here.",
  );
}
