import {
  KubeJob,
  KubeRole,
  KubeRoleBinding,
  KubeServiceAccount,
  Quantity,
  type Affinity,
  type Container,
  type EnvVar,
  type PodTemplateSpec,
  type PolicyRule,
  type Volume,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { imageReference } from "../fabric/images";
import { namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { digestOf } from "./digest";
import { podNameVariable } from "./fabric-container";
import { organisationLabels, roleSelector } from "./labels";
import { restrictedContainer, restrictedPod } from "./pod-security";
import { tokenMount, tokenVolume } from "./token";
import { lastWords } from "./script";

type JobRole = "ca-init" | "register";

export interface OrganisationJobProps {
  readonly network: Network;
  readonly organisation: Organisation;
  /** Its pods' role; also the name of its account and of the account's rights. */
  readonly role: JobRole;
  readonly rules: readonly PolicyRule[];
  readonly initContainers?: readonly Container[];
  readonly container: Container;
  readonly volumes?: readonly Volume[];
  readonly affinity?: Affinity;
}

/** What to do where a Job has to run once more. */
export function runAgain(network: Network, organisation: Organisation, role: JobRole): string {
  const selector = Object.entries(roleSelector(role)).map(([key, value]) => `${key}=${value}`);
  return `\`kubectl delete job -n ${namespaceName(network, organisation)} -l ${selector.join()}\`, then \`pulumi refresh --yes\` and \`pulumi up\``;
}

/** How often a failed container is started again, with pauses that grow to five minutes: about half an hour in all. */
const retries = 10;

/**
 * Something that is done once for an organisation, and again where it changes: a Job with an account of its own that may do
 * just this. It stays when it is done, so that a second look finds what it expects. What a Job does is fixed when it is
 * made, so the digest of that is a part of its name: a change is another Job, made before the old one goes.
 */
export class OrganisationJob extends Construct {
  readonly job: KubeJob;

  constructor(scope: Construct, id: string, props: OrganisationJobProps) {
    super(scope, id);
    const { network, organisation, role } = props;
    const labels = {
      ...organisationLabels(network, organisation),
      ...roleSelector(role),
      "app.kubernetes.io/name": `fabric-${role}`,
      "app.kubernetes.io/component": role,
    };
    const metadata = { namespace: namespaceName(network, organisation), labels };
    const account = new KubeServiceAccount(this, "account", {
      metadata: { ...metadata, name: role },
      automountServiceAccountToken: false,
    });
    const rights = new KubeRole(this, "rights", { metadata: { ...metadata, name: role }, rules: [...props.rules] });
    const binding = new KubeRoleBinding(this, "binding", {
      metadata: { ...metadata, name: role },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
      subjects: [{ kind: "ServiceAccount", name: role, namespace: metadata.namespace }],
    });
    const template: PodTemplateSpec = {
      metadata: { labels },
      spec: {
        restartPolicy: "OnFailure",
        serviceAccountName: role,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: restrictedPod,
        ...(props.affinity === undefined ? {} : { affinity: props.affinity }),
        ...(props.initContainers === undefined ? {} : { initContainers: [...props.initContainers] }),
        containers: [props.container],
        volumes: [tokenVolume, { name: "tmp", emptyDir: {} }, ...(props.volumes ?? [])],
      },
    };
    const digest = digestOf({ template: JSON.stringify(template) }).slice(0, 8);
    this.job = new KubeJob(this, "job", {
      metadata: { ...metadata, name: `${role}-${digest}` },
      spec: { backoffLimit: retries, template },
    });
    this.job.addDependency(account, rights, binding);
  }
}

/** A container of {@link OrganisationJob} that runs a command of the agent and may talk to the API server. */
export function agentContainer(
  network: Network,
  organisation: Organisation,
  command: "registrar-secret" | "publish-msp" | "register",
  environment: Readonly<Record<string, string>> = {},
  mounts: NonNullable<Container["volumeMounts"]> = [],
): Container {
  const memory = Quantity.fromString("128Mi");
  return {
    name: command,
    image: imageReference("agent", network.fabric),
    command: ["agent", command],
    env: [
      podNameVariable,
      { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      ...Object.entries({
        AGENT_ORGANISATION: organisation.name,
        AGENT_MSP_ID: organisation.mspId,
        ...environment,
      }).map(([name, value]): EnvVar => ({ name, value })),
    ],
    securityContext: restrictedContainer,
    resources: {
      requests: { cpu: Quantity.fromString("10m"), memory },
      limits: { memory: Quantity.fromString("256Mi") },
    },
    terminationMessagePolicy: lastWords,
    volumeMounts: [tokenMount, { name: "tmp", mountPath: "/tmp" }, ...mounts],
  };
}

/** The rights to make one object of a kind and to keep it. Kubernetes cannot limit `create` to a name. */
export function keep(resource: "secrets" | "configmaps", name: string): PolicyRule[] {
  return [
    { apiGroups: [""], resources: [resource], verbs: ["create"] },
    { apiGroups: [""], resources: [resource], resourceNames: [name], verbs: ["get", "update", "patch"] },
  ];
}
