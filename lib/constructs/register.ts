import { Construct } from "constructs";
import type { KubeJob } from "cdk8s-plus-28/lib/imports/k8s";
import { ports } from "../fabric/ports";
import type { PlacedOrderer, PlacedPeer } from "../placement/node";
import { authorityServiceName, identityObjects, namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Site } from "../spec/settings";
import { agentContainer, keep, OrganisationJob } from "./organisation-job";

export interface RegisterProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly site: Site;
  /** The organisation's own. */
  readonly peers: readonly PlacedPeer[];
  readonly orderers: readonly PlacedOrderer[];
}

/** An identity that an organisation's authorities know. Its type becomes the OU of its certificate, and so its role. */
interface Identity {
  readonly name: string;
  readonly type: "peer" | "orderer" | "admin" | "client";
}

/**
 * Tells both authorities whom to expect, and gives each identity a secret of its own in Secret `enrolment`. The identities
 * stand in the Job: one more node is another Job, and so is registered.
 */
export class Register extends Construct {
  readonly job: KubeJob;

  constructor(scope: Construct, id: string, { network, organisation, site, peers, orderers }: RegisterProps) {
    super(scope, id);
    const authority = `${authorityServiceName(organisation)}.${namespaceName(network, organisation)}.svc.${site.clusterDomain}`;
    const identities: Identity[] = [
      ...peers.map(({ pod }): Identity => ({ name: pod, type: "peer" })),
      ...orderers.map(({ pod }): Identity => ({ name: pod, type: "orderer" })),
      { name: "agent", type: "admin" },
      ...(peers.length === 0
        ? []
        : (["client", "chaincode"] as const).map((name): Identity => ({ name, type: "client" }))),
    ];
    this.job = new OrganisationJob(this, "job", {
      network,
      organisation,
      role: "register",
      rules: [
        ...keep("secrets", identityObjects.enrolment),
        { apiGroups: [""], resources: ["secrets"], resourceNames: [identityObjects.registrar], verbs: ["get"] },
        { apiGroups: [""], resources: ["configmaps"], resourceNames: [identityObjects.msp], verbs: ["get"] },
      ],
      container: agentContainer(network, organisation, "register", {
        AGENT_CA: `https://${authority}:${ports.certificateAuthority.https}`,
        AGENT_TLS_CA: `https://${authority}:${ports.certificateAuthority.tls}`,
        AGENT_IDENTITIES: JSON.stringify(identities),
      }),
    }).job;
  }
}
