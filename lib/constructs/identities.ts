import type { KubeJob } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct, type IConstruct } from "constructs";
import type { PlacedAuthority, PlacedOrderer, PlacedPeer } from "../placement/node";
import type { Network, Organisation } from "../spec/network";
import type { Site } from "../spec/settings";
import { AuthorityInit } from "./ca-init";
import { CertificateAuthority } from "./certificate-authority";
import { Register } from "./register";

export interface IdentitiesProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly site: Site;
  readonly authorities: readonly [PlacedAuthority, ...PlacedAuthority[]];
  readonly peers: readonly PlacedPeer[];
  readonly orderers: readonly PlacedOrderer[];
}

/**
 * Where an organisation's identities come from, one after the other: its authorities are made, its authorities run, its
 * nodes are registered. Whoever enrols starts after {@link Identities.registered}.
 */
export class Identities extends Construct {
  readonly registered: KubeJob;
  private readonly authority: CertificateAuthority;

  constructor(scope: Construct, id: string, props: IdentitiesProps) {
    super(scope, id);
    const { network, site, authorities } = props;
    this.authority = new CertificateAuthority(this, "authority", { network, site, nodes: authorities });
    const init = new AuthorityInit(this, "init", { network, site, nodes: authorities });
    init.job.addDependency(...this.authority.claims);
    this.authority.startAfter(init.job);
    this.registered = new Register(this, "register", props).job;
    this.registered.addDependency(this.authority.workload);
  }

  /** Makes the authorities start only after the given objects stand. */
  startAfter(...others: readonly IConstruct[]): void {
    this.authority.startAfter(...others);
  }
}
