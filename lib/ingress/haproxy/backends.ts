import { isIP } from "node:net";
import { ports } from "../../fabric/ports";
import { addressesOf, othersOf } from "../gateway";
import type { IngressBackend, IngressHost, MultiClusterIngress } from "../model";
import { backendName, section, time } from "./section";

/** Every backend of a site's gateway. */
export function backends(ingress: MultiClusterIngress, site: string): string {
  return [
    ...othersOf(ingress, site).map((other) =>
      section(`backend ${backendName.gateway(other)}`, [
        ...health(ingress, "/ready", other),
        ...relays(ingress, other),
      ]),
    ),
    ...ingress.hosts.flatMap((host) => ofHost(ingress, host, site)),
  ].join("\n");
}

function ofHost(ingress: MultiClusterIngress, host: IngressHost, site: string): string[] {
  const local = host.backends.filter((backend) => backend.site === site);
  if (host.kind === "pinned") return local.map((backend) => pinned(host, backend));
  const remote = host.backends.filter((backend) => backend.site !== site);
  return [
    ...local.map((backend) => localPool(ingress, host, backend)),
    ...remote.map((backend) => remotePool(ingress, host, backend)),
  ];
}

/** No checks: there is no other place to go to, and a consenter that is unwell must still hear the others. */
function pinned({ name }: IngressHost, { endpoints, port }: IngressBackend): string {
  return section(
    `backend ${backendName.local(name)}`,
    endpoints.map(({ address }, index) => server(index, address, port)),
  );
}

/**
 * Peers of this site, asked over TLS. The certificate is not looked at: the answer opens no door, and whoever takes the
 * connection must show its own certificate to the client.
 */
function localPool(ingress: MultiClusterIngress, { name }: IngressHost, backend: IngressBackend): string {
  const { endpoints, port, healthPort } = backend;
  return section(`backend ${backendName.local(name)}`, [
    "balance leastconn",
    ...(healthPort === undefined ? [] : health(ingress, "/healthz", name)),
    ...endpoints.map(({ address }, index) =>
      server(index, address, port, healthPort === undefined ? "" : `check check-ssl verify none port ${healthPort}`),
    ),
  ]);
}

/** Another site's peers behind its gateway, which tells whether any of them is well. */
function remotePool(ingress: MultiClusterIngress, { name }: IngressHost, { site }: IngressBackend): string {
  return section(`backend ${backendName.remote(name, site)}`, [
    "balance leastconn",
    ...health(ingress, "/healthz", name),
    ...relays(ingress, site),
  ]);
}

/** The doors of another site, and where each says how it is. */
const relays = (ingress: MultiClusterIngress, site: string): string[] =>
  addressesOf(ingress, site).map((address, index) =>
    server(index, address, ports.gateway.relay, `check port ${ports.gateway.health}`),
  );

/**
 * Live streams leave what is lost, and who dials it is refused at once: ordering nodes would notice after 20 s and then
 * wait 20 s for each dial, with Raft standing still meanwhile.
 */
function health(
  { health: { interval, timeout, failures, successes } }: MultiClusterIngress,
  path: "/healthz" | "/ready",
  host: string,
): string[] {
  return [
    "option httpchk",
    `http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host ${host}`,
    "http-check expect status 200",
    `timeout check ${time(timeout)}`,
    `default-server inter ${time(interval)} fall ${failures} rise ${successes} on-marked-down shutdown-sessions`,
  ];
}

/** A name is asked for again and again: a pod that is not ready has none, and is left alone. */
function server(index: number, address: string, port: number, options = ""): string {
  const literal = isIP(address) === 6 ? `[${address}]` : address;
  const named = isIP(address) === 0 ? "resolvers cluster resolve-prefer ipv4 init-addr last,none" : "";
  return ["server", `s${index}`, `${literal}:${port}`, options, named].filter((part) => part !== "").join(" ");
}
