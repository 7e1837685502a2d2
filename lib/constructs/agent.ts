import {
  IntOrString,
  KubeConfigMap,
  KubeDeployment,
  KubePodDisruptionBudget,
  KubeRole,
  KubeRoleBinding,
  KubeService,
  KubeServiceAccount,
  Quantity,
  type PolicyRule,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct, type IConstruct } from "constructs";
import type { Consortium } from "../fabric/consortium";
import { imageReference } from "../fabric/images";
import { dataVolume } from "../fabric/layout";
import { ports } from "../fabric/ports";
import { sitesAbroad } from "../fabric/border";
import { agentBoardName, agentHost, agentName, namespaceName, orderingOrganisations } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Site } from "../spec/settings";
import { enrol } from "./enrol";
import { organisationLabels, roleSelector } from "./labels";
import { digestOf } from "./digest";
import { disruptionBudget } from "./disruption-budget";
import { restrictedContainer, restrictedPod } from "./pod-security";
import { PublicNotices, publishedBy } from "./public-notices";
import { lastWords } from "./script";
import { tokenMount, tokenVolume } from "./token";

export interface AgentProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly site: Site;
  readonly model: AgentModel;
}

/** What the agents of all organisations agree on, as their pods read it. */
export interface AgentModel {
  readonly consortium: Consortium;
  readonly files: { readonly "model.json": string };
  /** Short; pods that read these files bear it. */
  readonly digest: string;
}

/** Writes a consortium out for all of its agents: once, as it is as long as the consortium has organisations. */
export function agentModel(consortium: Consortium): AgentModel {
  const files = { "model.json": `${JSON.stringify(consortium, undefined, 2)}\n` };
  return { consortium, files, digest: digestOf(files) };
}

const modelFolder = "/etc/fabric-topologies";

/**
 * An organisation's agent: it joins the organisation's own nodes to the channels, installs and approves chaincode, renews
 * certificates, takes dead nodes out of DNS, and tells what it sees. Two of them in different zones; one leads. It holds
 * the organisation's administrator, whose key is born in the pod and lives in its memory.
 *
 * The Deployment is available when everything that the network file asks of this organisation is done.
 */
export class Agent extends Construct {
  readonly workload: KubeDeployment;

  constructor(scope: Construct, id: string, { network, organisation, site, model }: AgentProps) {
    super(scope, id);
    const labels = {
      ...organisationLabels(network, organisation),
      ...roleSelector("agent"),
      "app.kubernetes.io/name": "fabric-topologies-agent",
      "app.kubernetes.io/component": "agent",
    };
    const metadata = { namespace: namespaceName(network, organisation), labels };
    const abroad = sitesAbroad(model.consortium, organisation.name, site.name);
    const enrolment = enrol({
      network,
      organisation,
      clusterDomain: site.clusterDomain,
      identity: "agent",
      hosts: abroad === undefined ? [agentName] : [agentName, agentHost(site.name, organisation)],
      parts: "msp and tls",
      abroad,
      volume: "identity",
    });

    const account = new KubeServiceAccount(this, "account", {
      metadata: { ...metadata, name: agentName },
      automountServiceAccountToken: false,
    });
    const configuration = new KubeConfigMap(this, "model", {
      metadata: { ...metadata, name: `${agentName}-model` },
      data: model.files,
    });
    this.rights(network, organisation, model.consortium, metadata);
    new KubePodDisruptionBudget(this, "disruption", {
      metadata: { ...metadata, name: `${agentName}-disruption` },
      spec: disruptionBudget("agent", 1),
    });
    this.workload = new KubeDeployment(this, "workload", {
      metadata: { ...metadata, name: agentName },
      spec: {
        replicas: 2,
        selector: { matchLabels: roleSelector("agent") },
        template: {
          metadata: { labels, annotations: { "fabric-topologies.dev/config": model.digest } },
          spec: {
            serviceAccountName: agentName,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: restrictedPod,
            topologySpreadConstraints: [
              {
                topologyKey: "topology.kubernetes.io/zone",
                maxSkew: 1,
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: roleSelector("agent") },
              },
            ],
            // It has no volume that would hold it: a lost zone's agent starts in another one at once.
            tolerations: ["not-ready", "unreachable"].map((state) => ({
              key: `node.kubernetes.io/${state}`,
              operator: "Exists",
              effect: "NoExecute",
              tolerationSeconds: 10,
            })),
            terminationGracePeriodSeconds: 10,
            initContainers: enrolment.containers,
            containers: [
              {
                name: "agent",
                image: imageReference("agent", network.fabric),
                command: ["agent", "run"],
                args: ["--model", `${modelFolder}/model.json`, "--identity", dataVolume],
                env: [
                  { name: "AGENT_ORGANISATION", value: organisation.name },
                  ...(abroad === undefined ? [] : [{ name: "AGENT_SITE", value: site.name }]),
                  { name: "AGENT_RENEW_BEFORE", value: network.identities.renewBefore },
                  { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                  { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                ],
                ports: [
                  { name: "health", containerPort: ports.agent.health },
                  { name: "metrics", containerPort: ports.agent.metrics },
                  ...(abroad === undefined ? [] : [{ name: "board", containerPort: ports.agent.board }]),
                ],
                terminationMessagePolicy: lastWords,
                resources: {
                  requests: { cpu: Quantity.fromString("25m"), memory: Quantity.fromString("128Mi") },
                  limits: { memory: Quantity.fromString("512Mi") },
                },
                securityContext: restrictedContainer,
                volumeMounts: [
                  tokenMount,
                  { name: "model", mountPath: modelFolder, readOnly: true },
                  { name: "identity", mountPath: dataVolume, readOnly: true },
                  { name: "tmp", mountPath: "/tmp" },
                ],
                readinessProbe: {
                  httpGet: { path: "/readyz", port: IntOrString.fromString("health") },
                  periodSeconds: 2,
                },
                livenessProbe: {
                  httpGet: { path: "/healthz", port: IntOrString.fromString("health") },
                  initialDelaySeconds: 10,
                  periodSeconds: 10,
                  failureThreshold: 6,
                },
              },
            ],
            volumes: [
              tokenVolume,
              { name: "model", configMap: { name: `${agentName}-model` } },
              { name: "identity", emptyDir: { medium: "Memory" } },
              { name: "tmp", emptyDir: {} },
              ...enrolment.volumes,
            ],
          },
        },
      },
    });
    this.workload.addDependency(account, configuration);
    if (abroad !== undefined) this.board(metadata);
  }

  /** Where the site's gateway passes on what agents of other sites ask. */
  private board(metadata: { readonly namespace: string; readonly labels: Record<string, string> }): void {
    new KubeService(this, "board", {
      metadata: { ...metadata, name: agentBoardName },
      spec: {
        selector: roleSelector("agent"),
        ports: [{ name: "board", port: ports.agent.board }],
        // An agent is ready when everything is done, and much of that begins with what others read here.
        publishNotReadyAddresses: true,
      },
    });
  }

  /** Makes it start only after the given objects stand. */
  startAfter(...others: readonly IConstruct[]): void {
    this.workload.node.addDependency(...others);
  }

  /**
   * What it may do with the API: its own organisation's pods and notices, and reading the notices of the others by name.
   * No right on any Secret.
   */
  private rights(
    network: Network,
    organisation: Organisation,
    consortium: Consortium,
    metadata: { readonly namespace: string; readonly labels: Record<string, string> },
  ): void {
    const notices = publishedBy(consortium);
    const core = (resources: string[], verbs: string[], resourceNames?: string[]): PolicyRule => ({
      apiGroups: [""],
      resources,
      verbs,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    });
    const leases = (verbs: string[], resourceNames?: string[]): PolicyRule => ({
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      verbs,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    });
    const change = ["get", "update", "patch"];
    this.role("agent", metadata, [organisation], network, [
      core(["pods"], ["get", "list", "watch"]),
      core(["pods/status"], ["patch"]),
      core(["pods/eviction"], ["create"]),
      core(["configmaps"], ["create"]),
      core(["configmaps"], change, notices),
      core(["events"], ["create", "patch"]),
      leases(["create"]),
      leases(change, ["agent", "consenter-restart"]),
    ]);
    new PublicNotices(this, "public", { network, organisation, consortium });
    const ordering = orderingOrganisations(network);
    if (ordering[0]?.name === organisation.name) {
      this.role("agent-consenter-restart", metadata, ordering, network, [leases(change, ["consenter-restart"])]);
    }
  }

  private role(
    name: string,
    metadata: { readonly namespace: string; readonly labels: Record<string, string> },
    organisations: readonly Pick<Organisation, "name">[],
    network: Network,
    rules: PolicyRule[],
  ): void {
    new KubeRole(this, `${name}-role`, { metadata: { ...metadata, name }, rules });
    new KubeRoleBinding(this, `${name}-binding`, {
      metadata: { ...metadata, name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: organisations.map((each) => ({
        kind: "ServiceAccount",
        name: agentName,
        namespace: namespaceName(network, each),
      })),
    });
  }
}
