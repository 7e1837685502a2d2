import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awaitScript } from "../../../lib/constructs/await-orderers";
import { passwordScript } from "../../../lib/constructs/couchdb";

/** Listens on a free loopback port; gives `host:port`. */
function listen(server: Server): Promise<string> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? `127.0.0.1:${address.port}` : "");
    }),
  );
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

describe("a peer waits for the ordering service (R6)", () => {
  const run = (script: string) => spawnSync("bash", ["-c", script], { encoding: "utf8" });

  test("and starts as soon as it answers", async () => {
    const server = createServer();
    const address = await listen(server);
    const child = spawn("bash", ["-c", awaitScript([address], 60)]);
    const output = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.on("close", (code) => resolve(`${text}exit ${code}`));
    });
    await closed(server);
    expect(output).toBe("1 of 1 ordering Services answer\nexit 0");
  });

  test("but not for ever: without it, it starts for reads", async () => {
    const server = createServer();
    const gone = await listen(server);
    await closed(server);
    const { status, stdout } = run(awaitScript([gone], 0));
    expect([status, stdout.trim()]).toEqual([0, "0 of 1 ordering Services answer after 0 s: starting for reads"]);
  });

  test("and needs most of the ordering organisations, not all", async () => {
    const servers = [createServer(), createServer(), createServer()];
    const [one, two, gone] = await Promise.all(servers.map(listen));
    await closed(servers[2]!);
    const enough = spawn("bash", ["-c", awaitScript([one!, two!, gone!], 60)]);
    expect(await new Promise((resolve) => enough.on("close", resolve))).toBe(0);
    expect(awaitScript(["a:1", "b:1", "c:1"])).toContain("-ge 2 ");
    await Promise.all([closed(servers[0]!), closed(servers[1]!)]);
  });
});

describe("CouchDB's password", () => {
  const make = () => {
    const folder = mkdtempSync(join(tmpdir(), "couchdb-"));
    try {
      const { status, stdout, stderr } = spawnSync("bash", ["-c", passwordScript(folder, folder)], {
        encoding: "utf8",
      });
      const read = (name: string) => readFileSync(join(folder, name), "utf8");
      const mode = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8);
      return {
        said: [status, stdout, stderr],
        forCouchdb: /^fabric = ([0-9a-f]{64})$/m.exec(read("fabric.ini"))?.[1],
        forPeer: /^export CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD=([0-9a-f]{64})$/m.exec(read("peer.env"))?.[1],
        modes: [mode("fabric.ini"), mode("peer.env")],
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test("is the same for CouchDB and its peer, new at every start, said to nobody", () => {
    const [one, other] = [make(), make()];
    expect(one.forCouchdb).toBeDefined();
    expect(one.forCouchdb).toBe(one.forPeer);
    expect(other.forCouchdb).not.toBe(one.forCouchdb);
    expect(one.said).toEqual([0, "", ""]);
    expect(one.modes).toEqual(["660", "660"]);
  });
});
