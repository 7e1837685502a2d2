import { failoverApi } from "../../lib/recovery/failover/kind";

/** The Kubernetes objects that agents read and write, as JSON: of each only the fields that matter here. */

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

export interface Secret extends KubernetesObject {
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
}

export interface Lease extends KubernetesObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    /** RFC 3339 with microseconds. */
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export interface PodCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt?: string;
  };
}

export interface Pod extends KubernetesObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly readinessGates?: readonly { readonly conditionType: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly PodCondition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface ListOf<T> {
  readonly items: readonly T[];
}

/** Whether a pod's condition of a type is True. */
export function holds(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.find((condition) => condition.type === type)?.status === "True";
}

/** The kinds that agents know, by their group; those of the core group have none. */
const groups = {
  pods: undefined,
  configmaps: undefined,
  secrets: undefined,
  events: undefined,
  leases: "coordination.k8s.io/v1",
  failovers: failoverApi,
} as const;

/** Paths of the API server (Kubernetes API conventions). */
export function pathOf(kind: keyof typeof groups, namespace: string, ...rest: readonly string[]): string {
  const group = groups[kind];
  const root = group === undefined ? "/api/v1" : `/apis/${group}`;
  return [root, "namespaces", namespace, kind, ...rest.map(encodeURIComponent)].join("/");
}
