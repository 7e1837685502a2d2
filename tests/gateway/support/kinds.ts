import { gatewayRenderers } from "../../../lib/ingress/renderers";
import { ensurePrograms } from "../../../sandbox/toolchain";
import { whichAll } from "../../../sandbox/toolchain/found";
import type { GatewayKind } from "./gateway";

/** Makes the program of a gateway ready. HAProxy comes with the system (`apt-get install haproxy`). */
export async function gatewayKind(name: GatewayKind["name"]): Promise<GatewayKind> {
  return { name, renderer: gatewayRenderers[name], program: await programOf(name) };
}

async function programOf(name: GatewayKind["name"]): Promise<string> {
  if (name === "envoy") return (await ensurePrograms(["envoy"])).envoy;
  const [found] = await whichAll("haproxy", { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` });
  if (found === undefined) throw new Error("no haproxy on PATH; it comes with the system: apt-get install haproxy");
  return found;
}
