import { ApiObject, App, Chart } from "cdk8s";
import { KubePod, Quantity } from "cdk8s-plus-28/lib/imports/k8s";
import { imageReference } from "../fabric/images";
import { dataVolume } from "../fabric/layout";
import { agentName, namespaceName, nameOfZone } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Site, Zone } from "../spec/settings";
import { enrol } from "./enrol";
import { organisationLabels, roleSelector } from "./labels";
import type { KubeObject } from "./manifests";
import { restrictedContainer, restrictedPod } from "./pod-security";

/** Hours after which a forgotten client pod ends by itself. */
const hours = 8;

/** The name of the container that the client's commands run in. */
export const clientContainer = "client";

/** The account that client pods run under: no token, no rights. */
export const clientAccount = "client";

/** Where a client pod has the consortium's model and its own identity. */
export const clientFiles = { model: "/etc/fabric-topologies/model.json", identity: dataVolume } as const;

/**
 * A pod in which an organisation's client runs its commands (`submit`, `evaluate`, `events`, `load`): where applications
 * live too, so what it measures is what they would see. It is no part of the network: made when asked for.
 */
export function clientPod(
  network: Network,
  organisation: Organisation,
  site: Site,
  zone: Zone,
  abroad?: readonly string[],
): KubeObject {
  const chart = new Chart(new App(), "client", { disableResourceNameHashes: true });
  const enrolment = enrol({
    network,
    organisation,
    clusterDomain: site.clusterDomain,
    identity: "client",
    hosts: ["client"],
    parts: "msp and tls",
    abroad,
    volume: "identity",
  });
  const pod = new KubePod(chart, "pod", {
    metadata: {
      namespace: namespaceName(network, organisation),
      name: `client-${nameOfZone(zone)}`,
      labels: {
        ...organisationLabels(network, organisation),
        ...roleSelector("client"),
        "app.kubernetes.io/name": "fabric-topologies-client",
      },
    },
    spec: {
      serviceAccountName: clientAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod,
      nodeSelector: { "topology.kubernetes.io/zone": zone.name },
      restartPolicy: "Never",
      activeDeadlineSeconds: hours * 3600,
      terminationGracePeriodSeconds: 1,
      initContainers: enrolment.containers,
      containers: [
        {
          name: clientContainer,
          image: imageReference("agent", network.fabric),
          command: ["node", "-e", `setTimeout(() => {}, ${hours} * 3600e3)`],
          env: [{ name: "AGENT_ORGANISATION", value: organisation.name }],
          resources: {
            requests: { cpu: Quantity.fromString("50m"), memory: Quantity.fromString("128Mi") },
            limits: { memory: Quantity.fromString("1Gi") },
          },
          securityContext: restrictedContainer,
          volumeMounts: [
            { name: "model", mountPath: "/etc/fabric-topologies", readOnly: true },
            { name: "identity", mountPath: clientFiles.identity, readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
        },
      ],
      volumes: [
        { name: "model", configMap: { name: `${agentName}-model` } },
        { name: "identity", emptyDir: { medium: "Memory" } },
        { name: "tmp", emptyDir: {} },
        ...enrolment.volumes,
      ],
    },
  });
  return ApiObject.of(pod).toJson() as KubeObject;
}
