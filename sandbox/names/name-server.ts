/** The world's DNS, as far as the sandbox's clusters ask it: a server on the bridge, whose records change while it runs. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { flags } from "../controlplane/commands";
import { runProgram, type ClusterSetting } from "../controlplane/cluster";
import { freePorts } from "../controlplane/ports";
import { layout } from "../state";
import { type NameRecord, zoneFile } from "./records";

/** Runs as a child of the daemon. */
export interface NameServer {
  /** `address:port`, over UDP and TCP. */
  readonly address: string;
  /** Tells these records and no others from now on, within a second. */
  tell(records: readonly NameRecord[]): void;
}

/** Starts it; it knows no names yet. */
export async function startNameServer(setting: ClusterSetting, host: string): Promise<NameServer> {
  const [port = 0] = await freePorts(1);
  const folder = layout(setting.root).names;
  const zone = path.join(folder, "zone");
  mkdirSync(folder, { recursive: true });
  let serial = Math.floor(Date.now() / 1000);
  const tell = (records: readonly NameRecord[]): void => {
    writeFileSync(`${zone}.new`, zoneFile(records, serial++));
    renameSync(`${zone}.new`, zone);
  };
  tell([]);
  const corefile = path.join(folder, "Corefile");
  writeFileSync(corefile, `.:${port} {\n  bind ${host}\n  errors\n  file ${zone} . {\n    reload 500ms\n  }\n}\n`);
  await runProgram(setting, { program: "coredns", arguments: flags({ conf: corefile }).map((flag) => flag.slice(1)) });
  return { address: `${host}:${port}`, tell };
}
