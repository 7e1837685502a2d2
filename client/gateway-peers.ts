import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { Client, credentials } from "@grpc/grpc-js";
import { connect, type Gateway, hash } from "@hyperledger/fabric-gateway";
import type { Identity } from "../lib/fabric/identity";

/** A peer of the own organisation. */
export interface PeerAddress {
  /** For messages. */
  readonly name: string;
  /** What is dialled, and what its TLS certificate must carry. */
  readonly host: string;
  readonly port: number;
}

/** A peer and the one connection to it, which all requests share. */
export interface GatewayPeer {
  readonly name: string;
  readonly gateway: Gateway;
}

/** How long a peer that failed is asked last, in milliseconds. */
const restMs = 3_000;

/**
 * One connection to each of several peers. Requests take turns; a peer that failed lately comes last, so that a peer
 * which is away costs a few requests and not every second one.
 */
export class GatewayPeers {
  readonly #peers: readonly (GatewayPeer & { readonly client: Client })[];
  readonly #failedAt = new Map<string, number>();
  #turn = 0;

  /** @throws RangeError if there are no peers. */
  constructor(identity: Identity, peers: readonly PeerAddress[]) {
    if (peers.length === 0) throw new RangeError("a client needs a peer of its organisation; none was given");
    this.#peers = peers.map((peer) => {
      const client = dial(identity, peer);
      return { name: peer.name, client, gateway: gatewayOf(identity, client) };
    });
  }

  /** All peers in the order in which this request should ask them. */
  inTurn(): readonly GatewayPeer[] {
    this.#turn = (this.#turn + 1) % this.#peers.length;
    const rotated = [...this.#peers.slice(this.#turn), ...this.#peers.slice(0, this.#turn)];
    const rested = (peer: GatewayPeer) => Date.now() - (this.#failedAt.get(peer.name) ?? 0) > restMs;
    return [...rotated.filter(rested), ...rotated.filter((peer) => !rested(peer))];
  }

  failed(peer: GatewayPeer): void {
    this.#failedAt.set(peer.name, Date.now());
  }

  close(): void {
    for (const { gateway, client } of this.#peers) {
      gateway.close();
      client.close();
    }
  }
}

function dial(identity: Identity, { host, port }: PeerAddress): Client {
  const { authorities, key, certificate } = identity.tls;
  const secure = credentials.createSsl(Buffer.from(authorities), Buffer.from(key), Buffer.from(certificate));
  return new Client(isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`, secure, {
    // A peer that comes back is used again within a second; by default gRPC would wait up to two minutes.
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 1_000,
    // A connection to a zone that was cut off is given up after 12 s instead of never. Not more often: servers end
    // connections that ping more than they permit (`keepalive.minInterval`; ours 5 s).
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 2_000,
    "grpc.max_receive_message_length": 100 * 1024 * 1024,
  });
}

function gatewayOf(identity: Identity, client: Client): Gateway {
  const { raw } = new X509Certificate(identity.tls.certificate);
  return connect({
    client,
    identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificate) },
    signer: (digest) => identity.sign(digest),
    hash: hash.sha256,
    // Under mutual TLS a peer sends blocks only over the connection that the request was signed for.
    tlsClientCertificateHash: createHash("sha256").update(raw).digest(),
  });
}
