import { stringify } from "yaml";

/**
 * `config.yaml` of an MSP: an identity's role is its certificate's OU (Fabric docs, "Membership Service Provider"). No OU is
 * bound to a certain CA certificate, so that an authority can be renewed without touching any node.
 */
export function renderNodeOus(): string {
  const identifier = (role: string) => ({ OrganizationalUnitIdentifier: role });
  return stringify({
    NodeOUs: {
      Enable: true,
      ClientOUIdentifier: identifier("client"),
      PeerOUIdentifier: identifier("peer"),
      AdminOUIdentifier: identifier("admin"),
      OrdererOUIdentifier: identifier("orderer"),
    },
  });
}
