/** Checks the zones that somebody asks for. */
import { SandboxError } from "../errors";
import type { ZoneSpec } from "../state";
import { maximumNodes } from "./nodes";

/** Errors: a zone's name cannot be part of a node's name, a name is given twice, or there are too many nodes. */
export function checkZones(zones: readonly ZoneSpec[]): void {
  for (const { name, nodes } of zones) {
    // RFC 1123 label; the node's number is appended to it.
    if (!/^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/.test(name)) {
      throw new SandboxError(
        `"${name}" is not the name of a zone`,
        "use lower-case letters, digits and hyphens, 50 at most, such as zone-a",
      );
    }
    if (!Number.isInteger(nodes) || nodes < 1) {
      throw new SandboxError(`zone ${name} has ${nodes} nodes`, "give each zone at least one node");
    }
  }
  const names = zones.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SandboxError(`zone ${twice} is named twice`, "name each zone once");
  const total = zones.reduce((sum, { nodes }) => sum + nodes, 0);
  if (total < 1 || total > maximumNodes) {
    throw new SandboxError(`${total} nodes in all`, `ask for 1 to ${maximumNodes} nodes`);
  }
}

/** Reads `zone-a:2,zone-b:2,zone-c:1`; a zone without a number has one node. Errors: as {@link checkZones}. */
export function parseZones(text: string): ZoneSpec[] {
  const zones = text.split(",").map((part) => {
    const [name = "", nodes = "1"] = part.trim().split(":");
    if (!/^\d+$/.test(nodes)) {
      throw new SandboxError(`"${part.trim()}" is not a zone and its number of nodes`, "write it as zone-a:2");
    }
    return { name, nodes: Number(nodes) };
  });
  checkZones(zones);
  return zones;
}
