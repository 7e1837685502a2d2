/** Which pods there are of each node, on all sites, and with which keys. */
import { createHash, X509Certificate } from "node:crypto";
import { CoreV1Api } from "@kubernetes/client-node";
import { networkLabel } from "../../lib/constructs/manifests";
import { readKubeconfig } from "../../lib/deploy/kubeconfig";
import { ordererLayout, peerLayout } from "../../lib/fabric/layout";
import type { PlacedNode } from "../../lib/placement/node";
import type { IdentityObservation } from "../../lib/recovery/drill/identities";
import type { Site } from "../../lib/spec/settings";
import type { Plan } from "../../topologies/plan";
import { Collected } from "../network/collected";
import { execute } from "../network/exec";
import { atSite, siteError } from "../network/refusals";

/** What the clusters have of one node. */
interface Found {
  readonly sites: readonly string[];
  /** A digest of the public keys in its certificates; undefined where they cannot be read. */
  readonly keys: string | undefined;
}

/** By `<namespace>/<pod>`. */
export type Identities = ReadonlyMap<string, Found>;

const keyOf = ({ namespace, pod }: Pick<PlacedNode, "namespace" | "pod">): string => `${namespace}/${pod}`;
const isFabricNode = ({ role }: PlacedNode): boolean => role === "peer" || role === "orderer";

/**
 * Every peer and ordering node as the clusters of all sites have it now.
 * @throws CommandError where a site does not answer
 */
export async function identitiesNow({ network, settings, placement }: Plan): Promise<Identities> {
  const pods = await Promise.all(settings.sites.map(async (site) => [site, await podsOn(site, network.name)] as const));
  const found = await Promise.all(
    placement.nodes.filter(isFabricNode).map(async (node): Promise<[string, Found]> => {
      const on = pods.filter(([, there]) => there.has(keyOf(node))).map(([site]) => site);
      const home = on.find(({ name }) => name === node.site);
      const keys = home === undefined ? undefined : await keysOf(home, node).catch(() => undefined);
      return [keyOf(node), { sites: on.map(({ name }) => name), keys }];
    }),
  );
  return new Map(found);
}

/** Both looks beside each other. */
export function compared({ placement }: Plan, before: Identities, after: Identities): IdentityObservation[] {
  return placement.nodes.filter(isFabricNode).map((node) => {
    const [had, has] = [before.get(keyOf(node))?.keys, after.get(keyOf(node))];
    return {
      pod: node.pod,
      organisation: node.organisation.name,
      home: node.site,
      sites: has?.sites ?? [],
      ...(had === undefined ? {} : { before: had }),
      ...(has?.keys === undefined ? {} : { after: has.keys }),
    };
  });
}

function configOf(site: Site) {
  const config = readKubeconfig(site);
  if ("found" in config) throw siteError(site.name, config);
  return config;
}

async function podsOn(site: Site, network: string): Promise<ReadonlySet<string>> {
  const core = configOf(site).makeApiClient(CoreV1Api);
  const { items } = await atSite(site.name, () =>
    core.listPodForAllNamespaces({ labelSelector: `${networkLabel}=${network}` }),
  );
  return new Set(items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`));
}

/** The certificates lie beside the keys, and only they are read. */
async function keysOf(site: Site, { namespace, pod, role }: PlacedNode): Promise<string | undefined> {
  const { msp, tls } = role === "peer" ? peerLayout() : ordererLayout();
  const [out, err] = [new Collected(), new Collected()];
  const command = ["bash", "-c", `cat ${msp.certificates}/* ${tls.certificate}`];
  const exit = await execute({ config: configOf(site), namespace, pod, container: role }, command, { out, err });
  const certificates = out.text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (exit !== 0 || certificates.length === 0) return undefined;
  const digest = createHash("sha256");
  for (const pem of certificates) {
    digest.update(new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" }));
  }
  return digest.digest("hex");
}
