import type { MultiClusterIngress } from "./model";

/** Files of one gateway, by name. */
export type Files = Readonly<Record<string, string>>;

/** Where a gateway's program finds its files, and where it listens. */
export interface GatewayPlace {
  /** Folder of what is read once, when the program starts. */
  readonly start: string;
  /** Folder of what follows from the placement: who is where, and how health is asked. */
  readonly base: string;
  /** Folder of what follows from the weights; rewritten while the gateway runs. */
  readonly weights: string;
  /** Folder that it may write to. */
  readonly run: string;
  /** Address that it listens on. */
  readonly listen: string;
  /** Address of its own administration. */
  readonly admin: string;
}

/** In a pod. */
export const podPlace: GatewayPlace = {
  start: "/etc/gateway/start",
  base: "/etc/gateway/base",
  weights: "/etc/gateway/weights",
  run: "/run/gateway",
  listen: "0.0.0.0",
  admin: "127.0.0.1",
};

/**
 * A program that passes connections on by the name asked for, as files. A change of the weights changes those of
 * `weights` only.
 */
export interface GatewayRenderer {
  /** How the program is started. */
  readonly command: (ingress: MultiClusterIngress, site: string, place: GatewayPlace) => readonly string[];
  /** Read once, when the program starts: a change restarts it. */
  readonly start: (ingress: MultiClusterIngress, site: string, place: GatewayPlace) => Files;
  /** Read again whenever they change. */
  readonly base: (ingress: MultiClusterIngress, site: string, place: GatewayPlace) => Files;
  /** Read again whenever they change; live connections that they concern end within the ingress's `maxConnectionAge`. */
  readonly weights: (ingress: MultiClusterIngress, site: string, place: GatewayPlace) => Files;
}

/** The addresses of another site's gateway; none while nobody knows them. */
export function addressesOf({ gateways }: MultiClusterIngress, site: string): readonly string[] {
  return gateways.find((gateway) => gateway.site === site)?.addresses ?? [];
}

/** The other sites, in the order of the settings. */
export function othersOf({ gateways }: MultiClusterIngress, site: string): readonly string[] {
  return gateways.map((gateway) => gateway.site).filter((other) => other !== site);
}
