/**
 * The ports of the stock images, one line each: listeners, Services, NetworkPolicies, certificates and channel
 * configuration all read them here (Fabric docs, `sampleconfig/{core,orderer}.yaml`; fabric-ca `serverconfig`).
 */
export const ports = {
  peer: { grpc: 7051, chaincode: 7052, operations: 9443 },
  orderer: { grpc: 7050, admin: 9443, operations: 8443 },
  /** Enrolment and TLS authority, two servers of one pod. */
  certificateAuthority: { https: 7054, tls: 7055, operations: 9443, tlsOperations: 9444 },
  /** On the loopback address, for moments: an authority that signs another, or its own pod's certificate. */
  loopbackAuthority: 7053,
  couchdb: { http: 5984 },
  /** Ours: health for the kubelet, metrics for Prometheus, the board for agents of other sites. */
  agent: { health: 8080, metrics: 9464, board: 7443 },
  /**
   * Ours: a site's gateway. `world` is behind its load balancer's own port; `relay` takes what other gateways pass on, and
   * passes it to nodes of its own site only; `health` says which hosts have anything here that is well.
   */
  gateway: { world: 10443, relay: 15443, health: 15021, admin: 9901 },
  /** Chaincode as a service: the convention of the Fabric samples. */
  chaincode: { grpc: 9999 },
} as const;
