/** The agent signs and connects as an administrator of its organisation. */
export { type Identity as AdminIdentity, loadIdentity } from "../../lib/fabric/identity";
