/** A small network over three sites: what is the same on all, what differs, and nodes with one home each. */
import { networkLabel, type KubeObject, type SiteManifests } from "../../../lib/constructs/manifests";

export const siteNames = ["aws-prod", "gcp-staging", "third"] as const;
export type SiteName = (typeof siteNames)[number];

/** What differs between two versions of the network. */
export interface Version {
  /** A value in the ConfigMap that is the same on all sites. */
  readonly shared?: string;
  /** By site, a value in the ConfigMap that every site has in a form of its own. */
  readonly own?: Partial<Record<SiteName, string>>;
  /** Sites that have a certain ConfigMap; without any, nobody has it. */
  readonly some?: readonly SiteName[];
  /** Memory of the ordering nodes. */
  readonly memory?: string;
  /** Home sites of the ordering nodes. */
  readonly orderers?: readonly SiteName[];
}

const made = (
  network: string,
  apiVersion: string,
  kind: string,
  name: string,
  rest: object = {},
  namespace?: string,
  labels: Readonly<Record<string, string>> = {},
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: { [networkLabel]: network, ...labels } },
  ...rest,
});

export function threeSites(network: string, version: Version = {}): [SiteManifests, ...SiteManifests[]] {
  const namespace = `${network}-amber`;
  const homes = version.orderers ?? ["aws-prod", "gcp-staging", "third"];
  const sites = siteNames.map((site): SiteManifests => {
    const here = (apiVersion: string, kind: string, name: string, rest: object = {}, labels = {}): KubeObject =>
      made(network, apiVersion, kind, name, rest, namespace, labels);
    const nodes = homes.flatMap((home, index) =>
      home === site ? node(here, network, index, version.memory ?? "64Mi") : [],
    );
    const account = { kind: "ServiceAccount", name: "agent", namespace };
    const app = { app: "agent" };
    const objects: KubeObject[] = [
      made(network, "v1", "Namespace", namespace),
      made(network, "storage.k8s.io/v1", "StorageClass", `${network}-zone`, {
        provisioner: "sandbox.fabric-topologies.dev/zonal",
        parameters: { site },
        reclaimPolicy: "Retain",
        volumeBindingMode: "WaitForFirstConsumer",
      }),
      here("v1", "ConfigMap", "msp-abroad", { data: { "cacerts.pem": version.shared ?? "first" } }),
      here("v1", "ConfigMap", "gateway", {
        data: { "site.yaml": `site: ${version.own?.[site] ?? site}`, same: "same" },
      }),
      ...((version.some ?? []).includes(site) ? [here("v1", "ConfigMap", "only-some", { data: { a: "b" } })] : []),
      here("v1", "ServiceAccount", "agent", { automountServiceAccountToken: false }),
      here("rbac.authorization.k8s.io/v1", "Role", "agent", {
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
      }),
      here("rbac.authorization.k8s.io/v1", "RoleBinding", "agent", {
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "agent" },
        subjects: [account],
      }),
      here("networking.k8s.io/v1", "NetworkPolicy", "deny-all", {
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      }),
      here("batch/v1", "Job", "register", {
        spec: {
          backoffLimit: 10,
          template: {
            metadata: { labels: { app: "register" } },
            spec: {
              restartPolicy: "OnFailure",
              containers: [{ name: "register", image: "fabric-topologies/agent:0.0.0" }],
            },
          },
        },
      }),
      here("apps/v1", "Deployment", "agent", {
        spec: {
          replicas: site === "third" ? 1 : 2,
          selector: { matchLabels: app },
          template: {
            metadata: { labels: app, annotations: { "fabric-topologies.dev/config": "1234" } },
            spec: {
              serviceAccountName: "agent",
              containers: [
                { name: "agent", image: "fabric-topologies/agent:0.0.0", env: [{ name: "SITE", value: site }] },
              ],
            },
          },
        },
      }),
      ...nodes,
    ];
    const stateful = nodes.flatMap((object) => (object.kind === "StatefulSet" ? object.metadata.name : []));
    return {
      site,
      objects,
      dependencies: new Map(
        stateful.map((name) => [
          `StatefulSet/${namespace}/${name}`,
          [`ConfigMap/${namespace}/msp-abroad`, `Job/${namespace}/register`, `Service/${namespace}/${name}`],
        ]),
      ),
    };
  });
  return sites as [SiteManifests, ...SiteManifests[]];
}

/** An ordering node with its claim: on one site and on no other. */
function node(
  here: (apiVersion: string, kind: string, name: string, rest?: object, labels?: object) => KubeObject,
  network: string,
  index: number,
  memory: string,
): KubeObject[] {
  const name = `orderer-${index}`;
  const labels = { "fabric-topologies.dev/role": "orderer", "fabric-topologies.dev/organisation": "amber", app: name };
  const claim = {
    accessModes: ["ReadWriteOnce"],
    storageClassName: `${network}-zone`,
    resources: { requests: { storage: "1Gi" } },
  };
  return [
    here("v1", "PersistentVolumeClaim", `data-${name}-0`, { spec: claim }, labels),
    here("v1", "Service", name, { spec: { clusterIP: "None", selector: { app: name }, ports: [{ port: 7050 }] } }),
    here(
      "apps/v1",
      "StatefulSet",
      name,
      {
        spec: {
          replicas: 1,
          serviceName: name,
          selector: { matchLabels: { app: name } },
          template: {
            metadata: { labels: { ...labels } },
            spec: {
              containers: [
                {
                  name: "orderer",
                  image: "hyperledger/fabric-orderer:2.5.12",
                  resources: { requests: { memory } },
                  volumeMounts: [{ name: "data", mountPath: "/var/hyperledger" }],
                },
              ],
            },
          },
          volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
        },
      },
      labels,
    ),
  ];
}
