import type { IngressHost, MultiClusterIngress } from "../../lib/ingress/model";
import { poolKey } from "../../lib/ingress/of-placement";
import { poolHost } from "../../lib/spec/names";
import type { Network } from "../../lib/spec/network";
import { percentagesOf, type Percentages } from "../../lib/traffic/percentages";
import { CommandError } from "../errors";

/** A pool as people call it, and as gateways do. */
export interface Pool {
  /** In the settings: `gateway.<organisation>`. */
  readonly key: string;
  readonly host: IngressHost;
}

/**
 * The pool that is meant: `gateway.<organisation>`, or its host name.
 * @throws CommandError where there is none of this name
 */
export function poolOf(name: string, network: Network, ingress: MultiClusterIngress): Pool {
  const pools = network.organisations.flatMap((organisation) => {
    const host = ingress.hosts.find((one) => one.kind === "pool" && one.name === poolHost(organisation));
    return host === undefined ? [] : [{ key: poolKey(organisation), host }];
  });
  const found = pools.find(({ key, host }) => key === name || host.name === name);
  if (found === undefined) {
    throw new CommandError(
      `${network.name} has no pool ${name}`,
      `name one of: ${pools.map(({ key }) => key).join(", ") || "none: no organisation has peers"}`,
    );
  }
  return found;
}

/**
 * `site=weight …` as per cent; sites that are not named get nothing.
 * @throws CommandError for anything else
 */
export function targetOf(words: readonly string[], { host, key }: Pool): Percentages | undefined {
  if (words.length === 0) return undefined;
  const sites = host.backends.map(({ site }) => site);
  const weights = new Map(sites.map((site) => [site, 0]));
  const named = new Set<string>();
  for (const word of words) {
    const [, site = "", weight = ""] = /^([^=]+)=(\d{1,4})$/.exec(word) ?? [];
    if (site === "") throw new CommandError(`found ${word}`, "write <site>=<weight>, such as aws-prod=90");
    if (!weights.has(site)) {
      throw new CommandError(`found ${site}, where nothing of ${key} stands`, `name sites of: ${sites.join(", ")}`);
    }
    if (named.has(site)) throw new CommandError(`found ${site} twice`, "name each site once");
    named.add(site);
    weights.set(site, Number(weight));
  }
  if ([...weights.values()].every((weight) => weight === 0)) {
    throw new CommandError("found weights that sum to zero", "give a site a weight, such as 100");
  }
  return percentagesOf(Object.fromEntries(weights));
}
