import { ports } from "../../fabric/ports";
import type { GatewayPlace } from "../gateway";
import { gatewayKeepalive } from "../keepalive";
import type { MultiClusterIngress } from "../model";
import { section, time } from "./section";

/** More than one gateway has to carry; each takes two open files, of which a container may have few. */
const mostConnections = 8_000;

/** Seconds after which HAProxy begins anew, and for which connections of before live on: together, they are never older. */
export const generation = ({ maxConnectionAge }: MultiClusterIngress): number =>
  Math.max(1, Math.floor(maxConnectionAge / 2));

/** What holds for everything, whoever is where. */
export function globals(ingress: MultiClusterIngress, { run, admin }: Pick<GatewayPlace, "run" | "admin">): string {
  return [
    section("global", [
      "log stdout format raw local0 info",
      // By it the next generation gets the listening sockets, so that none of them closes in between.
      `stats socket ${run}/haproxy.sock mode 600 level admin expose-fd listeners`,
      // What `shift` asks how the sites are; it may look and change nothing.
      `stats socket ipv4@${admin}:${ports.gateway.admin} level user`,
      `hard-stop-after ${time(generation(ingress))}`,
      `maxconn ${mostConnections}`,
      "nbthread 2",
    ]),
    section("defaults", [
      "mode tcp",
      "log global",
      "timeout connect 5s",
      "timeout client 10s",
      "timeout server 10s",
      // Streams of blocks may be silent for hours; keepalive tells the dead from the quiet.
      "timeout tunnel 1d",
      "retries 3",
      "option redispatch",
      "option clitcpka",
      `clitcpka-idle ${gatewayKeepalive.time}s`,
      `clitcpka-intvl ${gatewayKeepalive.interval}s`,
      `clitcpka-cnt ${gatewayKeepalive.probes}`,
      "option srvtcpka",
      `srvtcpka-idle ${gatewayKeepalive.time}s`,
      `srvtcpka-intvl ${gatewayKeepalive.interval}s`,
      `srvtcpka-cnt ${gatewayKeepalive.probes}`,
    ]),
    section("resolvers cluster", ["parse-resolv-conf", "hold valid 5s", "hold nx 5s", "hold obsolete 5s"]),
  ].join("\n");
}
