import type { Identity } from "../../lib/fabric/identity";

/** An administrator of an organisation, who signs for it, and its TLS pair, with which it connects. */
export type AdminIdentity = Identity;

export { loadIdentity } from "../../lib/fabric/identity";
