/** `fabric-topologies failover`, as a person at the witness types it (requirement R8). */
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathOf } from "../../agent/kubernetes/objects";
import { orderPolicy } from "../../lib/recovery/failover/admission";
import type { FailoverReport } from "../../lib/recovery/drill/failover/report";
import type { FailoverObject } from "../../lib/recovery/failover/object";
import { run } from "../unit/cli/run";
import { create, createNamespace, deleteNamespace, eventually, sharedSandbox, type Cluster } from "./support/cluster";
import { ensureKind, Ground, settings } from "./support/failover-ground";
import { call } from "./support/request";

let cluster: Cluster;
let namespace: string;
let ground: Ground;
let folder: string;
let me: string;

const failover = (...words: string[]) =>
  run("failover", ...words, "--kubeconfig", join(folder, "kubeconfig"), "--namespace", namespace);

beforeAll(async () => {
  cluster = await sharedSandbox();
  folder = mkdtempSync(join(tmpdir(), "failover-command-"));
  writeFileSync(join(folder, "kubeconfig"), cluster.config.exportConfig(), { mode: 0o600 });
  await ensureKind(cluster.config);
  namespace = await createNamespace(cluster.config);
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const { body } = await call(cluster.config, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review);
  me = (body as { status: { userInfo: { username: string } } }).status.userInfo.username;
  ground = new Ground(cluster.config, namespace, "city", { ...settings, approvers: [me, "ada"] });
  await ground.begin();
}, 60 * 60_000);
afterAll(async () => {
  await ground.end();
  await deleteNamespace(cluster.config, namespace);
  rmSync(folder, { recursive: true, force: true });
});

test("a person sees where it stands and what to type, approves in their own name, and is told why not else (R8)", async () => {
  const controller = ground.drive("one");
  await ground.reaches("Protected");
  expect(await failover("status")).toMatchObject({ exit: 0, out: expect.stringContaining("Protected, epoch 1") });
  expect(await failover("approve")).toMatchObject({ exit: 3, out: expect.stringContaining("in Protected") });
  expect(await failover("report")).toMatchObject({ exit: 1, err: expect.stringContaining("has only watched so far") });

  ground.primaryAlive = false;
  await ground.reaches("ReadOnlyOpen");
  const shown = await failover("status", "city");
  expect(shown).toMatchObject({ exit: 3, err: "" });
  const typed = /fabric-topologies failover (approve .*)/.exec(shown.out)?.[1]?.split(" ") ?? [];
  expect(typed).toEqual(["approve", "city", "--namespace", namespace, "--epoch", "2"]);
  expect(await failover("approve", "--epoch", "1")).toMatchObject({
    exit: 3,
    out: expect.stringContaining("it is about epoch 1, and epoch 2 stands now"),
  });
  expect(await failover(...typed.slice(0, 2), "--epoch", "2")).toMatchObject({
    exit: 0,
    out: `followed: ${me} approves writes\n`,
  });
  await ground.reaches("ReadWrite");
  const report = await failover("report", "--json");
  // An order about another epoch was refused above, and the report tells of it.
  expect(report).toMatchObject({ exit: 3, err: "" });
  const { targets, findings } = JSON.parse(report.out) as FailoverReport;
  expect(targets.find(({ target }) => target === "rtoWrite")?.measured).toBeGreaterThan(0);
  expect(findings.join()).toContain("which was not followed");
  await controller.end();
  expect(await failover("failback", "--wait", "0", "--json")).toMatchObject({ exit: 4 });
});

test("what is not there is said with what is, and where to look", async () => {
  expect(await failover("status", "village")).toMatchObject({
    exit: 1,
    err: expect.stringContaining(`found no failover village in ${namespace}; there is ${namespace}/city`),
  });
});

test("nobody orders in another's name, nor changes an order that stands: the API server itself refuses it (R8)", async () => {
  const name = `${namespace}-failover-orders`;
  for (const object of orderPolicy(name, namespace, {})) await create(cluster.config, object);
  const path = pathOf("failovers", namespace, "city");
  const read = async () => (await call(cluster.config, "GET", path)).body as FailoverObject;
  const put = async (change: (orders: readonly object[]) => readonly object[]) => {
    const object = await read();
    const orders = change(object.spec.orders ?? []);
    return call(cluster.config, "PUT", `${path}?dryRun=All`, { ...object, spec: { ...object.spec, orders } });
  };
  const order = (by: string) => ({ id: "new", by, epoch: 2, what: "failback" });
  await eventually("the policy holds", async () => (await put((orders) => [...orders, order("ada")])).code === 403);
  expect((await put((orders) => [...orders, order("ada")])).message).toContain(`in your own name, ${me}`);
  expect((await put((orders) => [...orders, order(me)])).code).toBe(200);
  expect((await read()).spec.orders?.length).toBeGreaterThan(0);
  expect((await put((orders) => orders.map((one) => ({ ...one, by: "ada" })))).code).toBe(403);
  expect((await put(() => [])).code).toBe(200);
  for (const { kind } of orderPolicy(name, namespace, {})) {
    const plural =
      kind === "ValidatingAdmissionPolicy" ? "validatingadmissionpolicies" : "validatingadmissionpolicybindings";
    await call(cluster.config, "DELETE", `/apis/admissionregistration.k8s.io/v1/${plural}/${name}`);
  }
});
