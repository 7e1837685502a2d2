import type { CustomResource as Resource, CustomResourceOptions } from "@pulumi/pulumi";
import { MutatingWebhookConfiguration } from "@pulumi/kubernetes/admissionregistration/v1/mutatingWebhookConfiguration";
import { ValidatingAdmissionPolicy } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy";
import { ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding";
import { ValidatingWebhookConfiguration } from "@pulumi/kubernetes/admissionregistration/v1/validatingWebhookConfiguration";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import { APIService } from "@pulumi/kubernetes/apiregistration/v1/apiservice";
import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { Lease } from "@pulumi/kubernetes/coordination/v1/lease";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Endpoints } from "@pulumi/kubernetes/core/v1/endpoints";
import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { PersistentVolume } from "@pulumi/kubernetes/core/v1/persistentVolume";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Pod } from "@pulumi/kubernetes/core/v1/pod";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { EndpointSlice } from "@pulumi/kubernetes/discovery/v1/endpointSlice";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import { IngressClass } from "@pulumi/kubernetes/networking/v1/ingressClass";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import { PriorityClass } from "@pulumi/kubernetes/scheduling/v1/priorityClass";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import type { KubeObject } from "../constructs/manifests";

/** A Pulumi resource class; what it takes besides the name differs from class to class. */
type ResourceClass = new (name: string, args: never, options: CustomResourceOptions) => Resource;

const classes: Readonly<Record<string, Readonly<Record<string, ResourceClass>>>> = {
  v1: {
    ConfigMap,
    Endpoints,
    LimitRange,
    Namespace,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
    ResourceQuota,
    Secret,
    Service,
    ServiceAccount,
  },
  "admissionregistration.k8s.io/v1": {
    MutatingWebhookConfiguration,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingWebhookConfiguration,
  },
  "apiextensions.k8s.io/v1": { CustomResourceDefinition },
  "apiregistration.k8s.io/v1": { APIService },
  "apps/v1": { DaemonSet, Deployment, StatefulSet },
  "autoscaling/v2": { HorizontalPodAutoscaler },
  "batch/v1": { CronJob, Job },
  "coordination.k8s.io/v1": { Lease },
  "discovery.k8s.io/v1": { EndpointSlice },
  "networking.k8s.io/v1": { Ingress, IngressClass, NetworkPolicy },
  "policy/v1": { PodDisruptionBudget },
  "rbac.authorization.k8s.io/v1": { ClusterRole, ClusterRoleBinding, Role, RoleBinding },
  "scheduling.k8s.io/v1": { PriorityClass },
  "storage.k8s.io/v1": { StorageClass },
};

/**
 * Groups that end in `.k8s.io` and are Kubernetes' own. Others with that ending (snapshot, gateway, cluster …) are
 * custom resources that a Kubernetes project defines.
 */
const ownGroups: ReadonlySet<string> = new Set([
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "internal.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

/** Whether Kubernetes itself defines the API version: `v1`, `apps/v1`, `storage.k8s.io/v1`; not `example.com/v1`. */
function isOwn(apiVersion: string): boolean {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return !group.includes(".") || ownGroups.has(group);
}

/**
 * The Pulumi class of an object: its typed class, or `CustomResource` where a CustomResourceDefinition made the kind.
 *
 * A kind of Kubernetes itself that the table lacks is an error, as `CustomResource` would make it with a type that
 * Pulumi cannot map back, and without the care that typed classes take of secrets.
 */
export function resourceClass({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): ResourceClass {
  const known = classes[apiVersion]?.[kind];
  if (known !== undefined) return known;
  if (!isOwn(apiVersion)) return CustomResource;
  throw new Error(
    `${apiVersion} ${kind} is a kind of Kubernetes itself that lib/deploy/kinds.ts does not list` +
      (classes[apiVersion] === undefined
        ? ""
        : ` (of ${apiVersion} it lists ${Object.keys(classes[apiVersion]).join(", ")})`) +
      `: add its class from @pulumi/kubernetes`,
  );
}
