import {
  KubeConfigMap,
  KubePersistentVolumeClaim,
  KubeService,
  KubeStatefulSet,
  Quantity,
  type Container,
  type PersistentVolumeClaimSpec,
  type Volume,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct, type IConstruct } from "constructs";
import type { PlacedNode } from "../placement/node";
import { claimedFirstClassName, claimName } from "../spec/names";
import type { ContainerResources, Network } from "../spec/network";
import type { Site } from "../spec/settings";
import { digestOf } from "./digest";
import { organisationLabels, roleSelector, workloadSelector, type WorkloadRole } from "./labels";
import { dormantLabel } from "./manifests";
import { withSysctls } from "./pod-security";
import { storageClassOf } from "./storage";

/** A volume that every pod of the set has one of. */
export interface ClaimTemplate {
  readonly name: string;
  /** Size as a Kubernetes quantity. It may grow from one run to the next. */
  readonly size: string;
}

export interface NodeSetProps {
  readonly network: Network;
  readonly site: Site;
  readonly role: WorkloadRole;
  /** The pods, in the order of their ordinals; all of one StatefulSet. */
  readonly nodes: readonly [PlacedNode, ...PlacedNode[]];
  readonly serviceAccount: string;
  /** The headless Service that names the pods. */
  readonly headlessService: string;
  /** Files of the ConfigMap `<workload>-config`. The pods restart when, and only when, one of them changes. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly claims: readonly ClaimTemplate[];
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  /** Ports of each node's own Service, by name. */
  readonly servicePorts: Readonly<Record<string, number>>;
  /** Conditions beyond its probes that a pod must meet to count as ready. */
  readonly readinessGates?: readonly string[];
  /** Settings of the pods' own kernel namespace, by name. */
  readonly sysctls?: Readonly<Record<string, number>>;
  /** No pod is started: whoever restores the nodes from a snapshot starts them. */
  readonly dormant?: boolean | undefined;
  /** Seconds that a pod has to close its ledger. */
  readonly terminationGracePeriodSeconds: number;
}

/**
 * Fabric nodes of one kind in one organisation: a StatefulSet, a claim per pod bound to the zone that the placement gave
 * it, a ConfigMap, and a Service per node.
 */
export class NodeSet extends Construct {
  readonly workload: KubeStatefulSet;
  readonly claims: readonly KubePersistentVolumeClaim[];

  constructor(scope: Construct, id: string, props: NodeSetProps) {
    super(scope, id);
    const [first] = props.nodes;
    const name = first.workload;
    const labels = {
      ...organisationLabels(props.network, first.organisation),
      ...workloadSelector(props.role, name),
      "app.kubernetes.io/name": `fabric-${props.role}`,
      "app.kubernetes.io/component": props.role,
    };
    const metadata = { namespace: first.namespace, labels };
    const ofBody = props.dormant === true ? { ...labels, [dormantLabel]: "true" } : labels;

    const configuration = new KubeConfigMap(this, "config", {
      metadata: { ...metadata, name: `${name}-config` },
      data: props.configuration,
    });
    const claims = props.nodes.flatMap((node) =>
      props.claims.map(
        (template) =>
          new KubePersistentVolumeClaim(this, `${template.name}-${node.ordinal}`, {
            // The zone as a label, for people and for the check that a ledger is not asked to move.
            metadata: {
              namespace: first.namespace,
              name: claimName(template.name, node.pod),
              labels: { ...ofBody, "topology.kubernetes.io/zone": node.zone },
            },
            spec: claimSpec(template.size, storageClassOf(props.network, zoneOf(props.site, node))),
          }),
      ),
    );
    for (const node of props.nodes) {
      new KubeService(this, `service-${node.ordinal}`, {
        metadata: { ...metadata, name: node.pod },
        spec: {
          selector: { "statefulset.kubernetes.io/pod-name": node.pod },
          ports: Object.entries(props.servicePorts).map(([port, number]) => ({ name: port, port: number })),
        },
      });
    }
    this.workload = new KubeStatefulSet(this, "workload", {
      metadata: { ...metadata, labels: ofBody, name },
      spec: {
        replicas: props.dormant === true ? 0 : props.nodes.length,
        serviceName: props.headlessService,
        podManagementPolicy: "OrderedReady",
        updateStrategy: { type: "RollingUpdate" },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        selector: { matchLabels: workloadSelector(props.role, name) },
        template: {
          metadata: { labels, annotations: { "fabric-topologies.dev/config": digestOf(props.configuration) } },
          spec: {
            serviceAccountName: props.serviceAccount,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: withSysctls(props.sysctls ?? {}),
            ...(props.readinessGates === undefined
              ? {}
              : { readinessGates: props.readinessGates.map((conditionType) => ({ conditionType })) }),
            terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
            // The claims decide the zone. Within it two nodes of a kind should not share a machine; "should", since a
            // hard rule would keep a pod from coming back while part of the cluster is gone.
            topologySpreadConstraints: [
              {
                topologyKey: "kubernetes.io/hostname",
                maxSkew: 1,
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: roleSelector(props.role) },
              },
            ],
            ...(props.initContainers === undefined ? {} : { initContainers: [...props.initContainers] }),
            containers: [...props.containers],
            volumes: [{ name: "config", configMap: { name: `${name}-config` } }, ...(props.volumes ?? [])],
          },
        },
        // Adopted, never used to make a claim: names only have to match. The size is constant on purpose, as templates
        // cannot change; real sizes are in the claims.
        volumeClaimTemplates: props.claims.map((template) => ({
          metadata: { name: template.name },
          spec: claimSpec("1Gi", claimedFirstClassName(props.network)),
        })),
      },
    });
    this.claims = claims;
    this.workload.addDependency(configuration, ...claims);
  }

  /** Makes this set start only after the given ones stand. */
  startAfter(...others: readonly IConstruct[]): void {
    this.workload.node.addDependency(...others);
  }
}

/** Requests, and limits where throttling or swapping would hurt less than running over. */
export function containerResources(resources: ContainerResources): NonNullable<Container["resources"]> {
  const memory = Quantity.fromString(resources.memory);
  return {
    requests: { cpu: Quantity.fromString(resources.cpu), memory },
    limits: {
      memory,
      ...(resources.cpuLimit === undefined ? {} : { cpu: Quantity.fromString(resources.cpuLimit) }),
    },
  };
}

/** A claim for one pod at a time. */
export function claimSpec(size: string, storageClassName: string): PersistentVolumeClaimSpec {
  return {
    accessModes: ["ReadWriteOnce"],
    storageClassName,
    resources: { requests: { storage: Quantity.fromString(size) } },
  };
}

/** The settings of the zone that a node lives in. */
export function zoneOf(site: Site, node: PlacedNode): Site["zones"][number] {
  const zone = site.zones.find(({ name }) => name === node.zone);
  if (zone === undefined) throw new RangeError(`site ${site.name} has no zone ${node.zone}`);
  return zone;
}
