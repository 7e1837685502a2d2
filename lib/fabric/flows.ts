import { ports } from "./ports";

/** A kind of pod that belongs to an organisation of the network. */
export type Member = "peer" | "orderer" | "ca" | "ca-init" | "register" | "agent" | "chaincode" | "client";

/** What is no pod that labels could name, but an address. */
export type Outside = "API server" | "database";

/** Who takes part in a network's traffic. Applications and monitors are pods of other namespaces. */
export type Party = Member | "application" | "monitor" | Outside;

/** One kind of connection that a network needs. Whatever is not listed here is refused by the NetworkPolicies. */
export interface Flow {
  readonly from: Exclude<Party, Outside>;
  readonly to: Member | Outside;
  /** Those of the API server are in the stack settings, those of a database in the network file: nobody else knows. */
  readonly ports: readonly number[];
  /** Which organisations' pods on either side may be involved. */
  readonly between: "own organisation" | "channel mates" | "everyone";
  readonly why: string;
}

const { peer, orderer, certificateAuthority: ca, chaincode, agent } = ports;

const enrolling = (["peer", "orderer", "chaincode", "agent", "client", "register"] as const).map((from): Flow => ({
  from,
  to: "ca",
  ports: [ca.https, ca.tls],
  between: "own organisation",
  why: from === "register" ? "registering the identities of the organisation" : "enrolling, and renewing",
}));

const askingKubernetes = (
  [
    ["ca-init", "keeping the registrar's secret"],
    ["register", "publishing certificates, and handing out enrolment secrets"],
    ["agent", "reading what other organisations publish, and telling its own state"],
  ] as const
).map(([from, why]): Flow => ({ from, to: "API server", ports: [], between: "everyone", why }));

/** Every connection between pods of a Fabric network (Fabric docs: deploy peer, deploy orderer, operations service). */
export const flows: readonly Flow[] = [
  {
    from: "peer",
    to: "peer",
    ports: [peer.grpc],
    between: "channel mates",
    why: "gossip and private data, and a gateway asking other organisations' peers for endorsements",
  },
  {
    from: "peer",
    to: "orderer",
    ports: [orderer.grpc],
    between: "everyone",
    why: "pulling blocks, and a gateway submitting transactions",
  },
  {
    from: "orderer",
    to: "orderer",
    ports: [orderer.grpc],
    between: "everyone",
    why: "Raft between consenters",
  },
  {
    from: "peer",
    to: "chaincode",
    ports: [chaincode.grpc],
    between: "own organisation",
    why: "calling chaincode, which runs as a service",
  },
  {
    from: "agent",
    to: "peer",
    ports: [peer.grpc, peer.operations],
    between: "own organisation",
    why: "joining channels, installing chaincode, comparing heights",
  },
  {
    from: "agent",
    to: "orderer",
    ports: [orderer.grpc],
    between: "everyone",
    why: "collecting consenters' certificates, reading and changing channel configuration",
  },
  {
    from: "agent",
    to: "orderer",
    ports: [orderer.admin, orderer.operations],
    between: "own organisation",
    why: "joining channels, asking who leads",
  },
  {
    from: "agent",
    to: "chaincode",
    ports: [chaincode.grpc],
    between: "own organisation",
    why: "asking how long its certificate lasts",
  },
  {
    from: "client",
    to: "peer",
    ports: [peer.grpc],
    between: "own organisation",
    why: "`submit`, `evaluate`, `events`, `load` and drills",
  },
  ...enrolling,
  ...askingKubernetes,
  {
    from: "ca",
    to: "database",
    ports: [],
    between: "own organisation",
    why: "the registry of identities, where it is kept in PostgreSQL",
  },
  {
    from: "application",
    to: "peer",
    ports: [peer.grpc],
    between: "everyone",
    why: "applications calling a gateway",
  },
  {
    from: "monitor",
    to: "peer",
    ports: [peer.operations],
    between: "everyone",
    why: "Prometheus reading metrics",
  },
  {
    from: "monitor",
    to: "orderer",
    ports: [orderer.operations],
    between: "everyone",
    why: "Prometheus reading metrics",
  },
  {
    from: "monitor",
    to: "agent",
    ports: [agent.metrics],
    between: "everyone",
    why: "Prometheus reading heights, conditions and the days left of certificates",
  },
];

/** What a kind of pod has to do with other sites of a network that is spread over several clusters. */
export interface BorderFlow {
  readonly of: Member;
  /** Whether it calls what is on other sites: by way of their gateways, or of the own one, which leads to all names. */
  readonly calls: boolean;
  /** The port that the gateway of its own site passes connections from elsewhere on to; undefined where it takes none. */
  readonly port?: number;
  /** The port by which the gateway of its own site asks whether it is well, before it passes connections on. */
  readonly health?: number;
  readonly why: string;
}

/** Every connection between the sites of a network; each passes a gateway, which reads names and nothing else. */
export const borderFlows: readonly BorderFlow[] = [
  {
    of: "peer",
    calls: true,
    port: peer.grpc,
    health: peer.operations,
    why: "gossip and private data, endorsements for other sites' gateways, blocks from ordering nodes, clients from outside",
  },
  {
    of: "orderer",
    calls: true,
    port: orderer.grpc,
    why: "Raft between consenters, blocks and transactions for peers of other sites",
  },
  {
    of: "agent",
    calls: true,
    port: agent.board,
    why: "reading what agents of other sites publish, taking turns at restarting consenters, looking at their certificates",
  },
  { of: "client", calls: true, why: "`submit`, `evaluate`, `events`, `load` and drills, by way of a gateway" },
];
