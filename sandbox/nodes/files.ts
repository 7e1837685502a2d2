/** Where a zone's machine keeps its files. */
import * as path from "node:path";
import { layout } from "../state";

/** Where the state folder is inside a machine: a short path, because those of sockets may not be long. */
const inside = "/run/sandbox";

/** The folders of one zone. */
export interface ZoneFolder {
  /** As the real machine sees it. */
  readonly outside: string;
  /** The same folder as the zone's own programs see it. */
  readonly inside: string;
}

/** The folder of a zone in a sandbox's state folder. */
export const zoneFolder = (root: string, zone: string): ZoneFolder => ({
  outside: path.join(layout(root).nodes, zone),
  inside: path.join(inside, path.basename(layout(root).nodes), zone),
});
