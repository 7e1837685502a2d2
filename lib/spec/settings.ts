import { z } from "zod";
import { cluster, dns, federation, ingress, siteGateway, traffic } from "./border-settings";
import { center, recovery } from "./recovery-settings";
import { addresses, dnsLabel, dnsName, duration, pattern, text } from "./scalars";

/**
 * The stack settings: where a network runs. They live in `Pulumi.<stack>.yaml` (or in a file of the same shape for the
 * command line), never in the network file.
 */

/** What a node label's value may be (Kubernetes, labels and selectors); some clouds call their zones 1, 2 and 3. */
const zoneName = pattern(
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  'a node label\'s value: at most 63 letters, digits, - _ and ., such as eu-west-1a or "1"',
);

const pinnedPod = pattern(
  /^[a-z]([a-z0-9-]*[a-z0-9])?\/[a-z]([a-z0-9-]*[a-z0-9])?-(0|[1-9][0-9]*)$/,
  "a peer or ordering node as <organisation>/<pod>, such as clearing/orderer-3",
);

const zone = z.strictObject({
  name: zoneName.describe("Value of the node label topology.kubernetes.io/zone."),
  witness: z
    .boolean()
    .default(false)
    .describe("A small zone that only completes the majority: one ordering node, no peers, no certificate authority."),
  consenters: z
    .int()
    .min(0)
    .optional()
    .describe("Ordering nodes in this zone. Default: spread so that any one zone may be lost (5 become 2 + 2 + 1)."),
  pods: z
    .array(pinnedPod)
    .default([])
    .describe(
      "Pods that live here whatever the rule says; for those whose ledger, or whose authority's keys, are already in this zone.",
    ),
  storageClass: dnsName
    .optional()
    .describe("An existing StorageClass whose volumes live in this zone only. Default: one is made from `storage`."),
});

const site = z.strictObject({
  name: dnsLabel.describe("Name of the cluster; the first part of every resource name in Pulumi."),
  ...cluster,
  center,
  provider: text("a cloud such as aws")
    .optional()
    .describe("The cloud that it is in, such as aws, gcp or azure; for people, and for what the federation is told."),
  region: text("a region such as eu-west-1").optional().describe("The region that it is in."),
  zones: z.array(zone).min(1).describe("Failure domains of the cluster, in the order in which they are filled."),
  storage: z
    .strictObject({
      provisioner: text("a CSI driver such as ebs.csi.aws.com").describe("The CSI driver that makes the volumes."),
      parameters: z.record(z.string(), z.string()).default({}).describe("What the driver wants to know; texts only."),
      zoneLabel: pattern(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, "the name of a node label")
        .default("topology.kubernetes.io/zone")
        .describe("The label by which the driver knows zones, such as topology.gke.io/zone."),
    })
    .optional()
    .describe("How zone-bound volumes are made, where zones name no storageClass."),
  clusterDomain: dnsName.default("cluster.local").describe("DNS domain of the cluster's Services."),
  roundTrip: duration
    .default("2ms")
    .describe("Longest round trip between two of its zones; consensus and timeouts are set to fit it."),
  apiServer: z
    .strictObject({
      cidr: addresses
        .default("0.0.0.0/0")
        .describe("Where agents may look for the API server; narrow it where its addresses are known."),
      port: z.int().min(1).max(65535).default(6443).describe("The API server's own port, behind its Service's 443."),
    })
    .prefault({})
    .describe("The API server as pods reach it, for the NetworkPolicies of those that talk to it."),
  prometheusOperator: z
    .boolean()
    .default(false)
    .describe("Make PodMonitors and PrometheusRules; the operator's CRDs must be there."),
  gateway: siteGateway,
});

export const settingsSchema = z.strictObject({
  topology: dnsLabel.default("dual-active").describe("A folder of topologies/."),
  network: text("the path of a network file").describe(
    "The network file, seen from the file that these settings stand in.",
  ),
  sites: z.array(site).min(1).describe("Clusters and their zones."),
  federation: federation.optional(),
  recovery: recovery.optional(),
  ingress,
  traffic,
  dns,
  adopt: z
    .boolean()
    .default(false)
    .describe("Take over objects of the same names that somebody else made. They are then deleted with the network."),
  admission: z
    .boolean()
    .default(true)
    .describe(
      "false: the policies are not installed in the clusters, so that their API servers refuse nothing by them.",
    ),
  smallMachines: z
    .boolean()
    .default(false)
    .describe("true: set aside a tenth of the CPU that the network file asks for. For trying things out."),
  couchdb: z
    .boolean()
    .default(true)
    .describe("false: every peer keeps its state in LevelDB, whatever the network file says. For trying things out."),
});

/** Stack settings as people write them. */
export type SettingsInput = z.input<typeof settingsSchema>;
/** Checked stack settings with their defaults. */
export type Settings = z.output<typeof settingsSchema>;
export type Site = Settings["sites"][number];
export type Zone = Site["zones"][number];
