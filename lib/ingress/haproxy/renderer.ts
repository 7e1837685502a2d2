import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GatewayRenderer } from "../gateway";
import { backends } from "./backends";
import { frontends } from "./frontends";
import { generation, globals } from "./globals";

const globalFile = "global.cfg";
const reloadFile = "reload.sh";

/**
 * HAProxy: the same behaviour by other means. Its master reads everything again when its files have changed, and hands the
 * listening sockets on, so no connection is refused. It knows no age of connections; so those that it had before live for
 * half of `maxConnectionAge`, and the other half is how often it begins anew where nothing changes.
 */
export const haproxy: GatewayRenderer = {
  command: (ingress, site, { start, base, weights }) => [
    ...["bash", `${start}/${reloadFile}`, String(generation(ingress))],
    ...[`${start}/${globalFile}`, `${base}/${backendFile(site)}`, `${weights}/${frontendFile(site)}`],
  ],
  start: (ingress, _site, place) => ({ [globalFile]: globals(ingress, place), [reloadFile]: reloadScript() }),
  base: (ingress, site) => ({ [backendFile(site)]: backends(ingress, site) }),
  weights: (ingress, site, place) => ({ [frontendFile(site)]: frontends(ingress, site, place) }),
};

const backendFile = (site: string) => `${site}.backends.cfg`;
const frontendFile = (site: string) => `${site}.frontends.cfg`;

const reloadScript = () => readFileSync(join(__dirname, reloadFile), "utf8");
