import { gatewayNamespaceName, namespaceName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import type { FederationFinding } from "./findings";

/**
 * A finding of a federation where people can mend it: at the engine that they chose, at the site that wants something else,
 * or at the organisation whose object it is.
 */
export function placed(
  { object, found, allowed, fix, about }: FederationFinding,
  network: Pick<Network, "name" | "organisations">,
  { sites }: Pick<Settings, "sites">,
): Finding {
  const said = { found: `${found} (${object})`, allowed, fix };
  if (about === "engine") return { document: "settings", path: ["federation", "engine"], ...said };
  const namespace = namespaceOf(object);
  const gateways = namespace === gatewayNamespaceName(network);
  const site = sites.findIndex(({ name }) => name === about?.member);
  if (site >= 0) return { document: "settings", path: ["sites", site, ...(gateways ? ["gateway"] : [])], ...said };
  const index = network.organisations.findIndex((organisation) => namespaceName(network, organisation) === namespace);
  if (index >= 0) return { document: "network", path: ["organisations", index], ...said };
  return { document: "settings", path: gateways ? ["ingress"] : ["federation"], ...said };
}

/** Of `<Kind>/<namespace>/<name>`; a Namespace is its own. */
function namespaceOf(object: string): string | undefined {
  const [kind, ...names] = object.split("/");
  return kind === "Namespace" || names.length > 1 ? names[0] : undefined;
}
