/** States that are ordinary, told with what to do: a cluster that is away, a network that is not up, a right that is missing. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { breakingInCluster } from "../../../cli/drill/breaking";
import { errorText } from "../../../cli/errors";
import { exampleSettings } from "../../../cli/input";
import { openClientPod } from "../../../cli/network/client";
import { clientPlace } from "../../../cli/network/place";
import type { SiteAccess } from "../../../lib/deploy/site-access";
import { type Plan, planStack } from "../../../topologies/plan";
import { minimal } from "./run";

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-refusals-"));
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

type Answers = (method: string, path: string) => readonly [number, string | object];

/** An API server that knows everybody, and otherwise answers as told: a code, and an object or the message of a Status. */
async function serve(answers: Answers): Promise<number> {
  const listening = createServer((request, response) => {
    const path = request.url ?? "";
    const known: Readonly<Record<string, object>> = {
      "/version": { gitVersion: "v1.36.0", major: "1", minor: "36" },
      "/apis/authentication.k8s.io/v1/selfsubjectreviews": { status: { userInfo: { username: "alice" } } },
    };
    const [code, message] = path in known ? [200, ""] : answers(request.method ?? "", path);
    const failure = { kind: "Status", apiVersion: "v1", status: "Failure", code, message };
    const body = known[path] ?? (typeof message === "string" ? failure : message);
    response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return (listening.address() as AddressInfo).port;
}

/** The minimal network on a cluster at a port of this machine. */
function planAt(port: number, access: Partial<SiteAccess> = {}): Plan {
  const kubeconfig = join(folder, "config");
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
      "current-context": "prod",
    }),
  );
  const plan = planStack({ settings: exampleSettings, network: minimal });
  const sites = plan.settings.sites.map((site) => ({ ...site, kubeconfig, context: "prod", ...access }));
  return { ...plan, settings: { ...plan.settings, sites } };
}

async function said(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "nothing",
    (thrown: unknown) => errorText(thrown),
  );
}

const opened = (plan: Plan) => said(openClientPod(clientPlace(plan, {})));
const isTold = expect.not.stringMatching(/^ +at |HTTP-Code|Headers/m) as string;

test("a cluster that is away", async () => {
  const port = await serve(() => [500, ""]);
  server?.close();
  const text = await opened(planAt(port));
  expect(text).toMatch(/^site \S+: found nothing listening at .*connection refused\n.*allowed: .*\n {4}do: start the/);
  expect(text).toEqual(isTold);
});

test("a context that the kubeconfig does not have is told with those that it has", async () => {
  const text = await opened(planAt(1, { context: "prd" }));
  expect(text).toContain('found no context "prd"');
  expect(text).toContain("allowed: one of its contexts: prod\n    do: set the site's `context`");
});

test("a network that is not up yet", async () => {
  const port = await serve((method) =>
    method === "POST" ? [404, 'namespaces "minimal-org1" not found'] : [404, 'pods "client-zone-a" not found'],
  );
  const text = await opened(planAt(port));
  expect(text).toMatch(/found namespaces "minimal-org1" not found\n {4}do: bring the network up first: `make up`/);
  expect(text).toEqual(isTold);
});

test.each([
  [
    'pods "client-zone-a" is forbidden: User "alice" cannot get resource "pods" in API group ""',
    "bind the role fabric-topologies-use",
  ],
  ['pods "client-zone-a" is forbidden: exceeded quota: small, requested: pods=1', "mend what it names: a quota"],
])("what may not be done: %s", async (message, fix) => {
  const port = await serve(() => [403, message]);
  const text = await opened(planAt(port));
  expect(text).toContain(`found ${message}\n    do: ${fix}`);
  expect(text).toEqual(isTold);
});

test("a user who may make pods and not run commands in them", async () => {
  const status = { phase: "Running", containerStatuses: [{ ready: true }] };
  const port = await serve(() => [200, { metadata: { name: "client-zone-a" }, status }]);
  server?.on("upgrade", (_request, socket: Socket) =>
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"),
  );
  const pod = await openClientPod(clientPlace(planAt(port), {}));
  const text = await said(pod.run(["evaluate"], { out: process.stdout, err: process.stderr }));
  expect(text).toMatch(/run a command in a pod \(HTTP 403\)\n {4}do: bind the role fabric-topologies-use/);
});

test("a drill that may not cordon nodes, and one of a pod that is not there", async () => {
  const forbidden =
    'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope';
  const port = await serve((method) => (method === "GET" ? [403, forbidden] : [404, 'pods "orderer-0" not found']));
  const plan = planAt(port);
  const zone = breakingInCluster(plan, { kind: "zone", zone: "zone-a" });
  expect(await said(zone.break())).toContain(`found ${forbidden}\n    do: bind the role`);
  const pod = breakingInCluster(plan, { kind: "pod", pod: "orderer-0", namespace: "minimal-ordering" });
  expect(await said(pod.break())).toContain('found pods "orderer-0" not found\n    do: bring the network up');
});
