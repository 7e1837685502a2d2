import { type ChildProcess, spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../../sandbox/controlplane/ports";
import { ensurePrograms } from "../../../sandbox/toolchain";
import type { KubeObject } from "../../../lib/constructs/manifests";

/** A name server that answers what DNSEndpoint objects say, as external-dns would have it do. */
export interface NameServer {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly resolver: Resolver;
  stop(): Promise<void>;
}

interface Endpoint {
  readonly dnsName: string;
  readonly recordType: string;
  readonly recordTTL: number;
  readonly targets: readonly string[];
}

/** Starts CoreDNS with the records of these objects, all below one domain. */
export async function nameServer(objects: readonly KubeObject[], domain: string): Promise<NameServer> {
  const { coredns } = await ensurePrograms(["coredns"]);
  const folder = mkdtempSync(join(tmpdir(), "name-server-"));
  const [port] = await freePorts(1);
  writeFileSync(join(folder, "zone"), zoneFile(objects, domain));
  writeFileSync(join(folder, "Corefile"), `${domain}:${port} {\n  file ${folder}/zone\n  errors\n}\n`);
  const process = spawn(coredns, ["-conf", join(folder, "Corefile")], { stdio: ["ignore", "pipe", "pipe"] });
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  await answers(resolver, domain, process);
  return {
    address: `127.0.0.1:${port}`,
    resolver,
    stop: async () => {
      const gone = new Promise((resolve) => process.once("exit", resolve));
      process.kill("SIGKILL");
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

/** A zone in the form of RFC 1035. */
function zoneFile(objects: readonly KubeObject[], domain: string): string {
  const endpoints = objects.flatMap(({ spec }) => (spec as { endpoints: readonly Endpoint[] }).endpoints);
  const names = endpoints.map(({ dnsName, recordType }) => `${dnsName} ${recordType}`);
  // Two objects that tell the same name would overwrite each other.
  expect(names).toEqual([...new Set(names)]);
  return [
    `$ORIGIN ${domain}.`,
    "@ 30 IN SOA ns admin 1 7200 3600 1209600 30",
    "@ 30 IN NS ns",
    "ns 30 IN A 127.0.0.1",
    ...endpoints.flatMap(({ dnsName, recordType, recordTTL, targets }) =>
      targets.map(
        (target) => `${dnsName}. ${recordTTL} IN ${recordType} ${target}${recordType === "CNAME" ? "." : ""}`,
      ),
    ),
    "",
  ].join("\n");
}

async function answers(resolver: Resolver, domain: string, process: ChildProcess): Promise<void> {
  let log = "";
  process.stderr?.on("data", (text: Buffer) => (log += text.toString()));
  for (let tries = 0; tries < 100; tries++) {
    if (process.exitCode !== null) throw new Error(`CoreDNS ended: ${log}`);
    const soa = await resolver.resolveSoa(domain).catch(() => undefined);
    if (soa !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`CoreDNS did not answer: ${log}`);
}
