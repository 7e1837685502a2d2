import { networkLabel, type KubeObject, type SiteManifests } from "../../../lib/constructs/manifests";

/** What differs between two versions of the network under test. */
export interface Variation {
  /** A value in the ConfigMap. */
  readonly config?: string;
  /** A value in the Secret. */
  readonly password?: string;
  readonly memory?: string;
  readonly storage?: string;
  readonly storageClass?: string;
  readonly serviceName?: string;
  /** How many more ConfigMaps there are. */
  readonly more?: number;
  /** What the Job does that comes before the peers; a part of its name, as in the networks that people describe. */
  readonly job?: string;
  /** Label of the nodes that may run the Job, which fails after some seconds without one. */
  readonly jobNodes?: string;
}

/**
 * A network of one organisation with two peers, small enough to be deployed many times, with everything that can go
 * wrong in a deployment: claims made first, a StatefulSet that takes them, a headless and a plain Service, and a Job that has
 * to be done before the peers start.
 */
export function network(name: string, change: Variation = {}): SiteManifests {
  const labels = { [networkLabel]: name };
  const namespace = `${name}-org1`;
  const storageClassName = change.storageClass ?? `${name}-class`;
  const app = { ...labels, app: "peer0-org1" };
  const cluster = (apiVersion: string, kind: string, called: string, rest: object = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: called, labels },
    ...rest,
  });
  const own = (apiVersion: string, kind: string, called: string, rest: object = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: called, namespace, labels },
    ...rest,
  });
  const resources = { requests: { storage: change.storage ?? "1Gi" } };
  const claim = (ordinal: number) =>
    own("v1", "PersistentVolumeClaim", `data-peer0-org1-${ordinal}`, {
      spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources },
    });
  const memory = change.memory ?? "64Mi";
  const objects: KubeObject[] = [
    cluster("v1", "Namespace", namespace),
    cluster("storage.k8s.io/v1", "StorageClass", `${name}-class`, {
      provisioner: "sandbox.fabric-topologies.dev/zonal",
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: false,
    }),
    own("v1", "ConfigMap", "peer-config", { data: { "core.yaml": `peer: ${change.config ?? "first"}` } }),
    own("v1", "Secret", "couchdb", { type: "Opaque", stringData: { password: change.password ?? "correct-horse" } }),
    own("v1", "Service", "peer-svc", { spec: { clusterIP: "None", selector: app, ports: [{ port: 7051 }] } }),
    own("v1", "Service", "peer-svc-2", { spec: { clusterIP: "None", selector: app, ports: [{ port: 7051 }] } }),
    own("v1", "Service", "gateway-org1", { spec: { selector: app, ports: [{ port: 7051 }] } }),
    claim(0),
    claim(1),
    own("batch/v1", "Job", jobName(change), {
      spec: {
        backoffLimit: 10,
        ...(change.jobNodes === undefined ? {} : { activeDeadlineSeconds: 8 }),
        template: {
          metadata: { labels },
          spec: {
            restartPolicy: "OnFailure",
            ...(change.jobNodes === undefined ? {} : { nodeSelector: { [change.jobNodes]: "true" } }),
            containers: [{ name: "register", image: "fabric-topologies/agent:0.0.0" }],
          },
        },
      },
    }),
    own("apps/v1", "StatefulSet", "peer0-org1", {
      spec: {
        replicas: 2,
        serviceName: change.serviceName ?? "peer-svc",
        selector: { matchLabels: app },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        template: {
          metadata: { labels: app },
          spec: {
            containers: [
              {
                name: "peer",
                image: "hyperledger/fabric-peer:2.5.12",
                resources: { requests: { memory } },
                volumeMounts: [{ name: "data", mountPath: "/var/hyperledger" }],
              },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: {
              accessModes: ["ReadWriteOnce"],
              storageClassName: `${name}-class`,
              resources: { requests: { storage: "1Gi" } },
            },
          },
        ],
      },
    }),
    ...Array.from({ length: change.more ?? 0 }, (_, index) =>
      own("v1", "ConfigMap", `more-${index}`, { data: { a: "b" } }),
    ),
  ];
  const stateful = `StatefulSet/${namespace}/peer0-org1`;
  return {
    site: "demo",
    objects,
    dependencies: new Map([
      [
        stateful,
        [`ConfigMap/${namespace}/peer-config`, `Service/${namespace}/peer-svc`, `Job/${namespace}/${jobName(change)}`],
      ],
    ]),
  };
}

const jobName = ({ job = "first", jobNodes }: Variation): string =>
  `register-${job}${jobNodes === undefined ? "" : "-limited"}`;
