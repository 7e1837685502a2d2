import { isIP } from "node:net";
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import type { ConsortiumNode } from "../../lib/fabric/consortium";
import type { AdminIdentity } from "./identity";
import { portAt, type Reach } from "./reach";

/** How long to wait for what, in milliseconds. Nothing is asked without an end. */
export const deadlines = {
  /** One question to one node. */
  query: 5_000,
  /** A peer builds a package, or reads a channel's first block. */
  install: 60_000,
  /** Endorsements of several organisations. */
  endorse: 30_000,
  /** A gateway that looks for an orderer which takes the transaction. */
  submit: 15_000,
  /** From an accepted transaction or config update to the block that holds it. */
  commit: 15_000,
} as const;

/** Certificates of the authorities that may have signed a node's TLS certificate, PEM texts. */
export type TlsAuthorities = readonly string[];

/** A gRPC connection to one node with mutual TLS. */
export interface NodeConnection {
  readonly node: ConsortiumNode;
  readonly client: Client;
  /** One question, one answer. */
  ask<Q, A>(method: MethodDefinition<Q, A>, question: Q, withinMs: number): Promise<A>;
  /** A stream in both directions, cut after so many milliseconds. */
  stream<Q, A>(method: MethodDefinition<Q, A>, withinMs: number): ClientDuplexStream<Q, A>;
}

/** Connections of one identity, one for each node and address; a node that moved is dialled anew. */
export class Connections {
  readonly #open = new Map<string, NodeConnection>();
  readonly #identity: AdminIdentity;
  readonly #reach: Reach;

  constructor(identity: AdminIdentity, reach: Reach) {
    this.#identity = identity;
    this.#reach = reach;
  }

  async to(node: ConsortiumNode, authorities: TlsAuthorities): Promise<NodeConnection> {
    const address = await this.#reach(node);
    const key = `${address}:${node.port} as ${node.host}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const connection = connect(node, address, authorities, this.#identity.tls);
    this.#open.set(key, connection);
    return connection;
  }

  close(): void {
    for (const { client } of this.#open.values()) client.close();
    this.#open.clear();
  }
}

function connect(
  node: ConsortiumNode,
  address: string,
  authorities: TlsAuthorities,
  tls: AdminIdentity["tls"],
): NodeConnection {
  const pem = (...texts: readonly string[]) => Buffer.from(texts.join("\n"));
  const secure = credentials.createSsl(pem(...authorities), pem(tls.key), pem(tls.certificate));
  const port = portAt(node, address);
  const dialled = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const client = new Client(dialled, secure, {
    // A certificate for an address needs no help: the address is what is dialled.
    ...(isIP(node.host) === 0
      ? { "grpc.ssl_target_name_override": node.host, "grpc.default_authority": node.host }
      : {}),
    "grpc.max_receive_message_length": 100 * 1024 * 1024,
    "grpc.max_send_message_length": 100 * 1024 * 1024,
    // A reconciler asks again soon; a back-off of minutes would outlast the outage.
    "grpc.max_reconnect_backoff_ms": 2_000,
  });
  return {
    node,
    client,
    ask: (method, question, withinMs) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          question,
          new Metadata(),
          { deadline: Date.now() + withinMs },
          (error: ServiceError | null, answer) => {
            if (error !== null) reject(naming(node, error));
            else if (answer === undefined) reject(new Error(`${node.pod} answered nothing`));
            else resolve(answer);
          },
        );
      }),
    stream: (method, withinMs) =>
      client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize, new Metadata(), {
        deadline: Date.now() + withinMs,
      }),
  };
}

/** The same error, saying which node it came from. */
export function naming(node: ConsortiumNode, error: ServiceError): ServiceError {
  error.message = `${node.pod} (${node.host}:${node.port}): ${error.message}`;
  return error;
}
