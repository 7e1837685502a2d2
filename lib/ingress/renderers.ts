import { envoy } from "./envoy/renderer";
import type { GatewayRenderer } from "./gateway";
import { haproxy } from "./haproxy/renderer";

/** The programs that can be a site's gateway, by their names in the stack settings. */
export const gatewayRenderers: Readonly<Record<"envoy" | "haproxy", GatewayRenderer>> = { envoy, haproxy };
