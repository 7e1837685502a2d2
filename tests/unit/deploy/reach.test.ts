import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectFinding } from "../../../lib/deploy/findings";
import { readKubeconfig } from "../../../lib/deploy/kubeconfig";
import { preflight } from "../../../lib/deploy/preflight";
import { reach, type Reached } from "../../../lib/deploy/reach";

let folder: string;
const open: { close(): void }[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "reach-"));
});
afterAll(() => {
  for (const one of open) one.close();
  rmSync(folder, { recursive: true });
});

const listening = (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
};

let files = 0;
const kubeconfig = (server: string, contexts: readonly string[] = ["prod"]): string => {
  const file = join(folder, `config-${files++}`);
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: contexts.map((name) => ({ name, context: { cluster: "c", user: "u" } })),
      "current-context": contexts[0] ?? "",
    }),
  );
  return file;
};

/** A server that answers as an API server does to the two questions of `reach`. */
const api = async (answers: Readonly<Record<string, readonly [number, unknown]>>): Promise<string> => {
  const listener: RequestListener = (request, response) => {
    const [status, body] = answers[request.url ?? ""] ?? [404, {}];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  return `http://127.0.0.1:${await listening(createHttpServer(listener))}`;
};
const version = (minor: string) => ({ gitVersion: `v1.${minor}.0`, major: "1", minor });
const self = (username: string) => [201, { status: { userInfo: { username } } }] as const;
const review = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

const reachFile = (file: string, context?: string): Promise<Reached | ObjectFinding> =>
  reach({ name: "demo", kubeconfig: file, context }, 300);
const found = async (answer: Promise<Reached | ObjectFinding>): Promise<ObjectFinding> => {
  const one = await answer;
  if (!("found" in one)) throw new Error(`reached ${one.version}`);
  return one;
};

test("a cluster that answers is known by its version and by the name that it gives us", async () => {
  const server = await api({ "/version": [200, version("31+")], [review]: self("alice") });
  const reached = await reachFile(kubeconfig(server));
  expect(reached).toMatchObject({ version: "v1.31+.0", user: "alice" });
  if ("api" in reached) reached.api.close();
});

test("nothing listens: the message names address, context and file", async () => {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((closed) => server.close(closed));
  const file = kubeconfig(`https://127.0.0.1:${port}`);
  const finding = await found(reachFile(file));
  expect(finding.found).toBe(
    `nothing listening at https://127.0.0.1:${port} (context prod of ${file}): connection refused`,
  );
  expect(finding.fix).toMatch(/make up/);
});

test("a server that accepts and never answers is given up after the time limit", async () => {
  const port = await listening(createTcpServer(() => undefined));
  const start = performance.now();
  const finding = await found(reachFile(kubeconfig(`https://127.0.0.1:${port}`)));
  expect(performance.now() - start).toBeLessThan(2000);
  expect(finding.found).toMatch(/^no answer within 0.3 s from https:\/\/127\.0\.0\.1/);
  expect(finding.fix).toMatch(/nothing was changed/);
});

test("a host name that does not exist", async () => {
  const finding = await found(reachFile(kubeconfig("https://cluster.invalid:6443")));
  expect(finding.found).toMatch(/host name that cannot be resolved: https:\/\/cluster\.invalid/);
});

test.each([
  ["refuses them", { "/version": [401, {}] as const }],
  ["takes us for anybody", { "/version": [200, version("31")] as const, [review]: self("system:anonymous") }],
  ["lets nobody ask who they are", { "/version": [200, version("31")] as const, [review]: [403, {}] as const }],
])("credentials of nobody: the server %s", async (_, answers) => {
  const finding = await found(reachFile(kubeconfig(await api(answers))));
  expect(finding.found).toMatch(/^credentials that .* does not accept$/);
  expect(finding.fix).toMatch(/auth whoami/);
});

test("a cluster that is too old, and a server that is no cluster", async () => {
  const old = await found(reachFile(kubeconfig(await api({ "/version": [200, version("29")] }))));
  expect(old).toMatchObject({ found: expect.stringMatching(/^Kubernetes v1\.29\.0 at/), allowed: "1.30 or newer" });
  const other = await found(reachFile(kubeconfig(await api({}))));
  expect(other.found).toMatch(/not a Kubernetes API server .* answered 404 to \/version/);
});

test("no file, a file that is none, a context that is not there", async () => {
  const missing = join(folder, "missing");
  expect((await found(reachFile(missing))).found).toBe(`no kubeconfig at ${missing}`);
  const broken = join(folder, "broken");
  writeFileSync(broken, "clusters: [");
  expect((await found(reachFile(broken))).found).toMatch(/^a kubeconfig that cannot be read: /);
  const file = kubeconfig("https://127.0.0.1:1", ["prod", "staging"]);
  expect(await found(reachFile(file, "prd"))).toMatchObject({
    found: `no context "prd" in ${file}`,
    allowed: "one of its contexts: prod, staging",
  });
});

test("without a file of its own a site uses those of $KUBECONFIG; the first one's current context holds", () => {
  const [first, second] = [kubeconfig("https://127.0.0.1:1", ["a"]), join(folder, "second")];
  writeFileSync(
    second,
    JSON.stringify({
      clusters: [{ name: "d", cluster: { server: "https://127.0.0.1:2" } }],
      users: [{ name: "v", user: {} }],
      contexts: [{ name: "b", context: { cluster: "d", user: "v" } }],
      "current-context": "b",
    }),
  );
  const config = readKubeconfig({ name: "demo" }, { KUBECONFIG: `${first}:${join(folder, "missing")}:${second}` });
  if ("found" in config) throw new Error(config.found);
  expect(config.getCurrentContext()).toBe("a");
  expect(config.getContexts().map(({ name }) => name)).toEqual(["a", "b"]);
});

test("the preflight's report of a dead cluster names the site and has nothing else", async () => {
  const report = await preflight(
    { name: "demo", kubeconfig: join(folder, "missing") },
    { site: "demo", objects: [], dependencies: new Map() },
  );
  expect(report.findings).toHaveLength(1);
  expect(report.findings[0]).toMatchObject({ site: "demo", found: expect.stringMatching(/^no kubeconfig/) });
});
