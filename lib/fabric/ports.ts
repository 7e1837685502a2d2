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
  /** Ours: health for the kubelet, metrics for Prometheus. */
  agent: { health: 8080, metrics: 9464 },
  /** Chaincode as a service: the convention of the Fabric samples. */
  chaincode: { grpc: 9999 },
} as const;
