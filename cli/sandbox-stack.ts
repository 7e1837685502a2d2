import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Document, parseDocument } from "yaml";
import { settingsNamespace } from "../lib/spec/source/stack-document";
import type { Sandbox } from "../sandbox/sandbox";
import { zonalProvisioner } from "../sandbox/simulation/labels";

/** The checkout: where Pulumi.yaml lies, and the stacks' settings. */
export const checkout = join(__dirname, "..");

/** The stack that `up` makes. */
export const sandboxStack = "sandbox";

/** Its settings: made by `up`, removed by `down`, yours to edit in between. */
export const sandboxSettings = join(checkout, `Pulumi.${sandboxStack}.yaml`);

/** How the settings name a sandbox of one cluster. */
export function sandboxSites({ kubeconfig, server }: Pick<Sandbox, "kubeconfig" | "server">): SandboxSettings {
  return {
    topology: "dual-active",
    sites: [
      {
        name: "sandbox",
        kubeconfig,
        context: "sandbox",
        zones: [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
        storage: { provisioner: zonalProvisioner },
        apiServer: { port: Number(new URL(server).port) },
      },
    ],
  };
}

/** Settings by their names. */
type SandboxSettings = Readonly<Record<string, unknown>>;

/**
 * Writes the settings of the sandbox's stack where they are missing, and the network file where one was asked for. What
 * somebody changed by hand stays, and so does Pulumi's own `encryptionsalt`.
 *
 * @param settings Topology and sites.
 * @param networkFile As the person wrote it, relative to the current folder.
 * @param couchdb Whether CouchDB's image can be had.
 */
export function writeSandboxSettings(settings: SandboxSettings, networkFile: string, couchdb = true): void {
  const old = existsSync(sandboxSettings) ? readFileSync(sandboxSettings, "utf8") : "";
  const document = old === "" ? new Document({ config: {} }) : parseDocument(old);
  if (old === "") document.commentBefore = header;
  const key = (name: string) => ["config", `${settingsNamespace}:${name}`];
  const setWhereMissing = (name: string, value: unknown) => {
    if (!document.hasIn(key(name))) document.setIn(key(name), document.createNode(value));
  };
  document.setIn(key("network"), relative(checkout, resolve(networkFile)));
  for (const [name, value] of Object.entries(settings)) setWhereMissing(name, value);
  // Each of its nodes takes this whole machine for its own, so what they set aside would count several times over.
  setWhereMissing("smallMachines", true);
  if (!couchdb) setWhereMissing("couchdb", false);
  const text = document.toString({ lineWidth: 0 });
  if (text !== old) writeFileSync(sandboxSettings, text);
}

const header = " Settings of the stack in the sandbox. Made by `make up`, removed by `make down`.";
