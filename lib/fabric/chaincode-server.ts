import { ports } from "./ports";

/** What chaincode servers are called by: another version runs beside the one that it will replace. */
interface Versioned {
  readonly name: string;
  readonly version: string;
}

/** The first part of the names of a chaincode's Deployments and Services: `cc-<name>-<version>` as DNS labels allow it. */
export function chaincodeServerName({ name, version }: Versioned): string {
  return `cc-${`${name}-${version}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "")}`;
}

/** The Service by which one peer reaches the chaincode of its own zone. */
export function chaincodeServiceName(chaincode: Versioned, peerPod: string): string {
  return `${chaincodeServerName(chaincode)}-${peerPod}`;
}

/**
 * Where a peer finds the chaincode, with the names that its builder fills in (Fabric `ccaas_builder`): the same text for
 * every peer of every organisation, so that there is one package.
 */
export function chaincodeAddressTemplate(chaincode: Versioned): string {
  return `${chaincodeServiceName(chaincode, "{{.peer}}")}.{{.namespace}}.svc.{{.domain}}:${ports.chaincode.grpc}`;
}
