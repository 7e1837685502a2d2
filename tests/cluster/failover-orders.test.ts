/** Who may order what of a failover, as the controller sees to it (requirement R8). */
import { createNamespace, deleteNamespace, sharedSandbox, type Cluster } from "./support/cluster";
import { ensureKind, Ground } from "./support/failover-ground";

let cluster: Cluster;
let namespace: string;
let ground: Ground;

beforeAll(async () => {
  cluster = await sharedSandbox();
  await ensureKind(cluster.config);
  namespace = await createNamespace(cluster.config);
  ground = new Ground(cluster.config, namespace, "orders");
  await ground.begin();
}, 60 * 60_000);
afterAll(async () => {
  await ground.end();
  await deleteNamespace(cluster.config, namespace);
});

test("an order is followed by whom and about what it may be, and refused with the reason else (R8)", async () => {
  const controller = ground.drive("one");
  await ground.reaches("Protected");
  expect(await ground.order("writes")).toMatchObject({ followed: false, why: expect.stringContaining("in Protected") });
  ground.primaryAlive = false;
  await ground.reaches("ReadOnlyOpen");
  expect(await ground.order("writes", { epoch: 1 })).toMatchObject({
    followed: false,
    why: expect.stringContaining("it is about epoch 1, and epoch 2 stands now"),
  });
  expect(await ground.order("writes", { by: "mallory" })).toMatchObject({
    followed: false,
    why: "mallory is no approver; approvers are ada, grace",
  });
  expect((await ground.status())?.phase).toBe("ReadOnlyOpen");
  expect(await ground.order("writes")).toMatchObject({ followed: true, why: "ada approves writes" });
  await ground.reaches("ReadWrite");
  await controller.end();
});
