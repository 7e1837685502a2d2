import { ports } from "./ports";

/** Who takes part in a network's traffic. Clients and monitors are pods outside of it. */
export type Party = "peer" | "orderer" | "client" | "monitor";

/** One kind of connection that Fabric needs. Whatever is not listed here is refused by the NetworkPolicies. */
export interface Flow {
  readonly from: Party;
  readonly to: "peer" | "orderer";
  readonly port: number;
  /** Which organisations' pods on either side may be involved. */
  readonly between: "channel mates" | "everyone";
  readonly why: string;
}

/** Every connection between pods of a Fabric network (Fabric docs: deploy peer, deploy orderer, operations service). */
export const flows: readonly Flow[] = [
  {
    from: "peer",
    to: "peer",
    port: ports.peer.grpc,
    between: "channel mates",
    why: "gossip and private data, and a gateway asking other organisations' peers for endorsements",
  },
  {
    from: "peer",
    to: "orderer",
    port: ports.orderer.grpc,
    between: "everyone",
    why: "pulling blocks, and a gateway submitting transactions",
  },
  {
    from: "orderer",
    to: "orderer",
    port: ports.orderer.grpc,
    between: "everyone",
    why: "Raft between consenters",
  },
  {
    from: "client",
    to: "peer",
    port: ports.peer.grpc,
    between: "everyone",
    why: "applications calling a gateway",
  },
  {
    from: "monitor",
    to: "peer",
    port: ports.peer.operations,
    between: "everyone",
    why: "Prometheus reading metrics",
  },
  {
    from: "monitor",
    to: "orderer",
    port: ports.orderer.operations,
    between: "everyone",
    why: "Prometheus reading metrics",
  },
];
