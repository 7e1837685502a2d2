import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePrograms } from "../../../sandbox/toolchain";
import type { Pair } from "../identities";
import { type NodeProcess, startNode } from "../node-process";

/** A real fabric-ca server on this machine. */
export interface AuthorityServer {
  readonly url: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts fabric-ca-server with this name, registrar, TLS pair and port of the loopback; its registry and keys are in a folder of its own. */
export async function startAuthority(
  name: string,
  registrar: { readonly name: string; readonly password: string },
  tls: Pair,
  port: number,
): Promise<AuthorityServer> {
  const programs = await ensurePrograms(["fabric-ca-server"]);
  const home = mkdtempSync(join(tmpdir(), "fabric-ca-test-"));
  mkdirSync(join(home, "tls"));
  writeFileSync(join(home, "tls/server.crt"), tls.certificate);
  writeFileSync(join(home, "tls/server.key"), tls.privateKey, { mode: 0o600 });
  const server = startNode(
    programs["fabric-ca-server"],
    ["start", "-b", `${registrar.name}:${registrar.password}`, "--port", String(port), "--address", "127.0.0.1"],
    {
      FABRIC_CA_HOME: home,
      FABRIC_CA_SERVER_CA_NAME: name,
      FABRIC_CA_SERVER_TLS_ENABLED: "true",
      FABRIC_CA_SERVER_TLS_CERTFILE: join(home, "tls/server.crt"),
      FABRIC_CA_SERVER_TLS_KEYFILE: join(home, "tls/server.key"),
      FABRIC_CA_SERVER_OPERATIONS_LISTENADDRESS: "127.0.0.1:0",
    },
  );
  return { url: `https://localhost:${port}`, stop: () => stopped(server, home) };
}

async function stopped(server: NodeProcess, home: string): Promise<void> {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
