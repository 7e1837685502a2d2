import { KubeNamespace, KubePodDisruptionBudget, KubeService, KubeServiceAccount } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { ports } from "../fabric/ports";
import type { PlacedAuthority, PlacedOrderer, PlacedPeer } from "../placement/node";
import { nodesToKeep } from "../placement/disruption";
import {
  authorityServiceName,
  gatewayServiceName,
  headlessServiceName,
  namespaceName,
  orderingServiceName,
} from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { clientAccount } from "./client-pod";
import { disruptionBudget } from "./disruption-budget";
import { organisationLabels, roleSelector } from "./labels";
import { restrictedNamespace } from "./pod-security";

export interface OrganisationSpaceProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly peers: readonly PlacedPeer[];
  readonly orderers: readonly PlacedOrderer[];
  readonly authorities: readonly PlacedAuthority[];
}

/**
 * An organisation's own namespace, and what its nodes of one role share: service account, the headless Service that
 * names the pods, the Service that clients dial, and the disruption budget.
 */
export class OrganisationSpace extends Construct {
  constructor(scope: Construct, id: string, props: OrganisationSpaceProps) {
    super(scope, id);
    const { network, organisation } = props;
    const namespace = namespaceName(network, organisation);
    new KubeNamespace(this, "namespace", {
      metadata: { name: namespace, labels: { ...organisationLabels(network, organisation), ...restrictedNamespace } },
    });
    // Client pods are made when asked for; their account stands before them, as they may use no other's.
    new KubeServiceAccount(this, "client-account", {
      metadata: {
        namespace,
        name: clientAccount,
        labels: { ...organisationLabels(network, organisation), ...roleSelector("client") },
      },
      automountServiceAccountToken: false,
    });
    if (props.authorities.length > 0) {
      const { https, tls, operations, tlsOperations } = ports.certificateAuthority;
      this.role("ca", props, {
        sharedService: authorityServiceName(organisation),
        headlessPorts: { https, tls, operations, "tls-operations": tlsOperations },
        sharedPorts: { https, tls },
        nodes: props.authorities.length,
      });
    }
    if (props.peers.length > 0) {
      this.role("peer", props, {
        sharedService: gatewayServiceName(organisation),
        headlessPorts: { grpc: ports.peer.grpc, operations: ports.peer.operations },
        sharedPorts: { grpc: ports.peer.grpc },
        nodes: props.peers.length,
      });
    }
    if (props.orderers.length > 0) {
      this.role("orderer", props, {
        sharedService: orderingServiceName(organisation),
        headlessPorts: {
          grpc: ports.orderer.grpc,
          admin: ports.orderer.admin,
          operations: ports.orderer.operations,
        },
        sharedPorts: { grpc: ports.orderer.grpc },
        nodes: props.orderers.length,
      });
    }
  }

  private role(
    role: keyof typeof headlessServiceName,
    { network, organisation }: OrganisationSpaceProps,
    shape: {
      readonly sharedService: string;
      readonly headlessPorts: Readonly<Record<string, number>>;
      readonly sharedPorts: Readonly<Record<string, number>>;
      readonly nodes: number;
    },
  ): void {
    const metadata = {
      namespace: namespaceName(network, organisation),
      labels: { ...organisationLabels(network, organisation), ...roleSelector(role) },
    };
    const servicePorts = (named: Readonly<Record<string, number>>) =>
      Object.entries(named).map(([name, port]) => ({ name, port }));

    new KubeServiceAccount(this, `${role}-account`, {
      metadata: { ...metadata, name: role },
      automountServiceAccountToken: false,
    });
    new KubeService(this, `${role}-headless`, {
      metadata: { ...metadata, name: headlessServiceName[role] },
      spec: {
        clusterIp: "None",
        // A pod that is not ready leaves DNS. Publishing it would let the living dial a silent zone and freeze Raft for
        // three quarters of a minute (docs/decisions/unready-names.md).
        publishNotReadyAddresses: false,
        selector: roleSelector(role),
        ports: servicePorts(shape.headlessPorts),
      },
    });
    new KubeService(this, `${role}-shared`, {
      metadata: { ...metadata, name: shape.sharedService },
      spec: { selector: roleSelector(role), ports: servicePorts(shape.sharedPorts) },
    });
    new KubePodDisruptionBudget(this, `${role}-disruption`, {
      metadata: { ...metadata, name: `${role}-disruption` },
      spec: disruptionBudget(role, nodesToKeep(shape.nodes)),
    });
  }
}
