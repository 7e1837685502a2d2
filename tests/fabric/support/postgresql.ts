import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pair } from "../identities";
import { threeFreePorts } from "../node-process";

/** Where Debian and Ubuntu keep PostgreSQL's own programs, outside of PATH. */
const versions = "/usr/lib/postgresql";

/** The folder of PostgreSQL's programs on this machine; undefined where there are none. */
export function postgresqlPrograms(): string | undefined {
  if (!existsSync(versions)) return undefined;
  const newest = readdirSync(versions).sort((one, other) => Number(other) - Number(one))[0];
  const folder = join(versions, newest ?? "", "bin");
  return existsSync(join(folder, "initdb")) ? folder : undefined;
}

/** A PostgreSQL of its own, over TLS only, with the databases that it is asked for. */
export class PostgresqlServer {
  private constructor(
    private readonly folder: string,
    private readonly process: ChildProcess,
    private readonly port: number,
    private readonly password: string,
  ) {}

  /** @param pair What it shows on connections; for localhost. */
  static async start(programs: string, pair: Pair, databases: readonly string[]): Promise<PostgresqlServer> {
    const folder = mkdtempSync(join(tmpdir(), "postgresql-"));
    const password = "only-for-this-test";
    const data = join(folder, "data");
    for (const [file, text] of [
      ["password", password],
      ["server.crt", pair.certificate],
      ["server.key", pair.privateKey],
    ] as const)
      writeFileSync(join(folder, file), text, { mode: 0o600 });
    // It refuses to run as root.
    const asRoot = process.getuid?.() === 0;
    if (asRoot) execFileSync("chown", ["-R", "postgres", folder]);
    chmodSync(folder, 0o700);
    const command = (program: string, ...args: string[]): [string, string[]] =>
      asRoot
        ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", join(programs, program), ...args]]
        : [join(programs, program), args];
    execFileSync(
      ...command("initdb", "-D", data, "-A", "scram-sha-256", "-U", "registry", `--pwfile=${join(folder, "password")}`),
      { stdio: "ignore", cwd: folder },
    );
    const [port] = await threeFreePorts();
    const settings = {
      port,
      listen_addresses: "localhost",
      unix_socket_directories: folder,
      ssl: "on",
      ssl_cert_file: join(folder, "server.crt"),
      ssl_key_file: join(folder, "server.key"),
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(...command("postgres", "-D", data, ...options), { stdio: "ignore", cwd: folder });
    const server = new PostgresqlServer(folder, child, port, password);
    const url = (database: string) => `postgresql://registry:${password}@localhost:${port}/${database}?sslmode=require`;
    for (;;) {
      try {
        for (const database of databases)
          execFileSync(join(programs, "psql"), [url("postgres"), "-c", `CREATE DATABASE ${database}`], {
            stdio: "pipe",
          });
        return server;
      } catch (thrown) {
        if (child.exitCode !== null || !/refused|starting up/.test(String((thrown as { stderr?: Buffer }).stderr))) {
          await server.stop();
          throw thrown;
        }
      }
    }
  }

  /** As Fabric CA wants it. */
  dataSource(database: string): string {
    return `host=localhost port=${this.port} user=registry password=${this.password} dbname=${database} sslmode=verify-full`;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGINT");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
