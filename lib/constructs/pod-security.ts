import {
  Quantity,
  type PodSecurityContext,
  type ResourceRequirements,
  type SecurityContext,
} from "cdk8s-plus-28/lib/imports/k8s";

/** The user that Fabric runs as. The stock images name none and would run as root. */
const fabricUser = 10001;

/** Pod level of the `restricted` Pod Security Standard. Volumes belong to the group, changed only when they do not yet. */
export const restrictedPod: PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: fabricUser,
  runAsGroup: fabricUser,
  fsGroup: fabricUser,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/** The same with settings of the pod's own kernel namespace, of which `restricted` allows a few. */
export function withSysctls(sysctls: Readonly<Record<string, number>>): PodSecurityContext {
  const listed = Object.entries(sysctls).map(([name, value]) => ({ name, value: String(value) }));
  return listed.length === 0 ? restrictedPod : { ...restrictedPod, sysctls: listed };
}

/** Container level of the `restricted` Pod Security Standard, with a read-only root file system on top. */
export const restrictedContainer: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Labels by which a namespace enforces `restricted` on everything in it. */
export const restrictedNamespace: Record<string, string> = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

/** What an init container needs that only waits or writes a small file. */
export function helperResources(): ResourceRequirements {
  const memory = Quantity.fromString("32Mi");
  return { requests: { cpu: Quantity.fromString("10m"), memory }, limits: { memory } };
}
