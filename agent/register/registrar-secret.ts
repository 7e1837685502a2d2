import type { ApiServer } from "../kubernetes/api-server";
import { secretValues } from "../kubernetes/secrets";

/** The Secret with the registrar's password on each of an organisation's certificate authorities. */
export const registrarSecret = "ca-registrar";

/** Keys of {@link registrarSecret}, which are also the names of the authorities (`ca.name`). */
export const authorityNames = ["ca", "tls-ca"] as const;

/** The registrars' passwords, made where they are missing. @throws ApiError */
export async function ensureRegistrarSecret(
  api: ApiServer,
  namespace: string,
): Promise<Readonly<Record<(typeof authorityNames)[number], string>>> {
  const values = await secretValues(api, namespace, registrarSecret, authorityNames);
  return { ca: values["ca"] ?? "", "tls-ca": values["tls-ca"] ?? "" };
}
