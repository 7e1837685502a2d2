import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { Client, connectivityState, credentials } from "@grpc/grpc-js";
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

/**
 * Connections to a name behind which any peer of the organisation answers, on any site. Several, since each stays with the
 * peer that it was given: with one alone nobody would be left to ask when that peer is lost.
 * @param pool `<host>:<port>`
 */
export function poolAddresses(pool: string): PeerAddress[] {
  const [host = "", port] = pool.split(":");
  return Array.from({ length: poolConnections }, (_, index) => ({
    name: `${host} #${index + 1}`,
    host,
    port: Number(port),
  }));
}

const poolConnections = 3;

/** A peer and the one connection to it, which all requests share. */
export interface GatewayPeer {
  readonly name: string;
  readonly gateway: Gateway;
}

/** Milliseconds between a connection's pings, and for which an answer is awaited. */
const ping = { every: 10_000, patience: 2_000 } as const;

/**
 * How long a peer that failed is asked last, in milliseconds: when that is over, its connection is known to be dead if it
 * is. A shorter rest would send a few more requests into the silence of a zone that was cut off, again and again.
 */
const restMs = ping.every + ping.patience + 1_000;

/**
 * One connection to each of several peers. Requests take turns; a peer without a connection, or that failed lately, comes
 * last, so that a peer which is away costs a few requests and not every second one.
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
    const rank = new Map(
      rotated.map((peer) => [peer, (isConnected(peer.client) ? 0 : 2) + (this.#rests(peer) ? 1 : 0)]),
    );
    return rotated.sort((one, other) => (rank.get(one) ?? 0) - (rank.get(other) ?? 0));
  }

  #rests({ name }: GatewayPeer): boolean {
    return Date.now() - (this.#failedAt.get(name) ?? 0) <= restMs;
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

/** Whether requests can be sent at once. Where they cannot, this sees to it that they soon can. */
const isConnected = (client: Client): boolean =>
  client.getChannel().getConnectivityState(true) === connectivityState.READY;

const shuffled = JSON.stringify({ loadBalancingConfig: [{ pick_first: { shuffleAddressList: true } }] });

function dial(identity: Identity, { host, port }: PeerAddress): Client {
  const { authorities, key, certificate } = identity.tls;
  const secure = credentials.createSsl(Buffer.from(authorities), Buffer.from(key), Buffer.from(certificate));
  return new Client(isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`, secure, {
    // A peer that comes back is used again within a second; by default gRPC would wait up to two minutes.
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 1_000,
    // A connection to a zone that was cut off is given up after 12 s instead of never. Not more often: servers end
    // connections that ping more than they permit (`keepalive.minInterval`; ours 5 s).
    "grpc.keepalive_time_ms": ping.every,
    "grpc.keepalive_timeout_ms": ping.patience,
    // A pool has an address on each site; clients that all begin with the first would all be on one.
    "grpc.service_config": shuffled,
    // Connections to one name must not become one connection.
    "grpc.use_local_subchannel_pool": 1,
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
