import type { StateDatabase } from "./core-yaml";
import { configurationFolder } from "./layout";

/** A variable of a node's container: either its value, or the secret that the value is taken from. */
export type EnvironmentVariable =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly secret: "couchdbPassword" };

/**
 * What every Fabric node says in its log, as `FABRIC_LOGGING_SPEC`: without gRPC's several lines per connection, and
 * without the handshakes that fail while a zone is away, which would push everything else out of a rotated log.
 */
const loggingSpec = "info:grpc=error:comm.grpc.server=warn";

const common: readonly EnvironmentVariable[] = [
  { name: "FABRIC_CFG_PATH", value: configurationFolder },
  { name: "FABRIC_LOGGING_SPEC", value: loggingSpec },
  { name: "FABRIC_LOGGING_FORMAT", value: "json" },
];

/** What only the pod itself knows. The texts may name variables of the pod, such as `$(POD_NAME)`, declared before. */
export interface PeerEnvironmentInput {
  /** The pod's name. */
  readonly id: string;
  /** `host:port` under which peers of the same organisation reach it. */
  readonly address: string;
  /** `host:port` under which everybody else does; without it other organisations and discovery never see the peer. */
  readonly externalEndpoint: string;
  readonly stateDatabase: StateDatabase;
}

/**
 * The variables of a peer's container; they win over core.yaml (prefix `CORE_`, Fabric docs "Using environment
 * variables").
 * @throws RangeError if a value is empty: Fabric 2.5 would act as if the variable were not set and fall back to the
 * file, 3.x would take the empty value, so an empty value is never what anybody means.
 */
export function peerEnvironment(input: PeerEnvironmentInput): readonly EnvironmentVariable[] {
  const variables: EnvironmentVariable[] = [
    ...common,
    { name: "CORE_PEER_ID", value: input.id },
    { name: "CORE_PEER_ADDRESS", value: input.address },
    { name: "CORE_PEER_GOSSIP_ENDPOINT", value: input.address },
    { name: "CORE_PEER_GOSSIP_EXTERNALENDPOINT", value: input.externalEndpoint },
  ];
  if (input.stateDatabase.kind === "couchdb") {
    variables.push({ name: "CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD", secret: "couchdbPassword" });
  }
  for (const variable of variables) {
    if ("value" in variable && variable.value.trim() === "") {
      throw new RangeError(`${variable.name} is empty; Fabric 2.5 would ignore it`);
    }
  }
  return variables;
}

/**
 * The variables of an ordering node's container. None differs from pod to pod. A variable `ORDERER_…` reaches a key only
 * if its section is in orderer.yaml, and an empty one never does (Fabric `common/viperutil`).
 */
export function ordererEnvironment(): readonly EnvironmentVariable[] {
  return common;
}
