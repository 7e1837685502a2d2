import type { Consortium, OrganisationMaterial } from "../../lib/fabric/consortium";
import type { Board } from "../board";
import { inWords } from "../fabric/problem";
import { materialOf, notices } from "../notices";
import { type Condition, isNotSo, isSo } from "./condition";

/** The certificates that the organisations have published, by name, and a condition about each organisation. */
export async function collectMaterials(
  consortium: Consortium,
  board: Board,
): Promise<{ materials: ReadonlyMap<string, OrganisationMaterial>; conditions: Condition[] }> {
  const materials = new Map<string, OrganisationMaterial>();
  const conditions = await Promise.all(
    consortium.organisations.map(async ({ name, mspId }): Promise<Condition> => {
      const object = `organisation/${name}`;
      try {
        const notice = await board.read(name, notices.identities);
        if (notice === undefined) return notPublished(object, "it has published no certificates yet", "NotPublished");
        const material = materialOf(notice);
        if (material.mspId !== mspId) {
          return notPublished(object, `it publishes certificates of ${material.mspId}, not of ${mspId}`, "OtherMsp");
        }
        materials.set(name, material);
        return isSo("IdentitiesPublished", object, "Published", "its certificates are published");
      } catch (error) {
        return notPublished(object, `its certificates cannot be read: ${inWords(error)}`, "Unreadable");
      }
    }),
  );
  return { materials, conditions };
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
