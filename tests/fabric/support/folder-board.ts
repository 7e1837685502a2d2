import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Board, Notice } from "../../../agent/board";
import type { BareNetwork } from "./bare-network";

/**
 * A board in a folder, which outlives the processes that write on it. Each notice is one file, so that it appears whole
 * or not at all.
 */
export function folderBoard(folder: string, organisation: string): Board {
  return {
    read: (owner, name) => Promise.resolve(readNotice(join(folder, owner, name))),
    publish(name, content, once) {
      const target = join(folder, organisation, name);
      mkdirSync(join(folder, organisation), { recursive: true });
      const files = Object.entries(content).map(([file, bytes]) => [file, Buffer.from(bytes).toString("base64")]);
      writeFileSync(`${target}.new`, JSON.stringify(Object.fromEntries(files)));
      if (once === undefined || !existsSync(target)) renameSync(`${target}.new`, target);
      return Promise.resolve();
    },
  };
}

function readNotice(path: string): Notice | undefined {
  if (!existsSync(path)) return undefined;
  const files = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text, "base64")]));
}

/** Puts up the certificates of all organisations, as their Jobs `register` do. */
export async function publishIdentities(network: BareNetwork, folder: string): Promise<void> {
  for (const { name } of network.consortium.organisations) {
    const { material } = network.organisation(name);
    const text = (...pems: readonly string[]) => Buffer.from(pems.join(""));
    await folderBoard(folder, name).publish("msp", {
      mspid: text(material.mspId),
      "cacert.pem": text(...material.rootCertificates),
      "intermediatecert.pem": text(...material.intermediateCertificates),
      "tlscacert.pem": text(...material.tlsRootCertificates),
    });
  }
}
