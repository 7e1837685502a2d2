import { ports } from "../../fabric/ports";
import type { GatewayPlace } from "../gateway";
import { namesOf, sharesOf, type IngressHost, type MultiClusterIngress } from "../model";
import { backendName, section } from "./section";

/** The frontends of a site's gateway: for the world, for other gateways, and for who asks after its health. */
export function frontends(ingress: MultiClusterIngress, site: string, { listen }: GatewayPlace): string {
  const here = ingress.hosts.filter(({ backends }) => backends.some((backend) => backend.site === site));
  const pools = ingress.hosts.filter(({ kind }) => kind === "pool");
  return [
    byName("world", `${listen}:${ports.gateway.world}`, [
      ...pools.map(drawnLot),
      ...pools.flatMap((host) => pool(host, site)),
      ...ingress.hosts.filter(({ kind }) => kind === "pinned").flatMap((host) => pinned(host, site)),
    ]),
    byName(
      "relay",
      `${listen}:${ports.gateway.relay}`,
      here.map((host) => `use_backend ${backendName.local(host.name)} if ${asked(host)}`),
    ),
    health(here, `${listen}:${ports.gateway.health}`),
  ].join("\n");
}

const asked = (host: IngressHost) => `{ var(sess.name) -m str ${namesOf(host).join(" ")} }`;

/**
 * Looks at the name in the first message of TLS and at nothing else. There is no backend for other names, so their
 * connections end without an answer, and no certificate that could be shown.
 */
function byName(name: string, bind: string, lines: readonly string[]): string {
  return section(`frontend ${name}`, [
    `bind ${bind}`,
    // One line for each connection when it ends. What went through it is nobody's business.
    `log-format '${logFormat}'`,
    // Who says nothing, or not TLS, is not waited for.
    "tcp-request inspect-delay 5s",
    "tcp-request content reject unless { req.ssl_hello_type 1 }",
    "tcp-request content set-var(sess.name) req.ssl_sni,lower",
    ...lines,
  ]);
}

const logFormat = [
  '{"at":"%t"',
  '"from":"%ci:%cp"',
  '"name":"%[var(sess.name),json(utf8s)]"',
  '"to":"%b"',
  '"address":"%si:%sp"',
  '"received":%U',
  '"sent":%B',
  '"milliseconds":%Tt',
  '"flags":"%ts"}',
].join(",");

/** A lot is drawn for each connection. */
function drawnLot(host: IngressHost): string {
  const sum = sharesOf(host).reduce((all, { share }) => all + share, 0);
  return `tcp-request content set-var(sess.lot) rand(${Math.max(1, sum)}) if ${asked(host)}`;
}

/** By the lot; a site whose endpoints are all lost leaves its own to the others in turn. */
function pool(host: IngressHost, here: string): string[] {
  const shares = sharesOf(host).map(({ backend: { site }, share }) => ({
    name: site === here ? backendName.local(host.name) : backendName.remote(host.name, site),
    share,
  }));
  let from = 0;
  const lots = shares
    .filter(({ share }) => share > 0)
    .map(({ name, share }) => ({ name, lot: `{ var(sess.lot) -m int ${from}:${(from += share) - 1} }` }));
  const alive = (name: string) => `{ nbsrv(${name}) gt 0 }`;
  return [
    ...lots.map(({ name, lot }) => `use_backend ${name} if ${asked(host)} ${lot} ${alive(name)}`),
    ...shares.map(({ name }) => `use_backend ${name} if ${asked(host)} ${alive(name)}`),
    // A process that has handed its sockets on counts no backend as alive, and still serves whom it has let in.
    ...lots.map(({ name, lot }) => `use_backend ${name} if ${asked(host)} ${lot}`),
  ];
}

function pinned(host: IngressHost, here: string): string[] {
  const { name, backends } = host;
  return backends.map(({ site }) => {
    const target = site === here ? backendName.local(name) : backendName.gateway(site);
    return `use_backend ${target} if ${asked(host)}`;
  });
}

/**
 * `GET /healthz` with a pool's name as Host: 200 while an endpoint of it on this site is well. `/ready`: the gateway itself
 * has read its files. Monitors of DNS providers ask here as other gateways do; Route 53 adds the port to the name.
 */
function health(here: readonly IngressHost[], bind: string): string {
  const pools = here.filter(({ kind }) => kind === "pool").map(({ name }) => name);
  return section("frontend health", [
    "mode http",
    `bind ${bind}`,
    "no log",
    "timeout http-request 5s",
    "http-request return status 200 if { path /ready }",
    ...pools.map(
      (name) =>
        `http-request return status 200 if { path /healthz } { req.hdr(host),field(1,:),lower -m str ${name} } { nbsrv(${backendName.local(name)}) gt 0 }`,
    ),
    "http-request return status 503 if { path /healthz }",
    "http-request return status 404",
  ]);
}
