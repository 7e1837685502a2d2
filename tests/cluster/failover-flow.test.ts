/** A failover against a real API server, from the loss of the city to the way back (requirement R8). */
import { createNamespace, deleteNamespace, eventually, sharedSandbox, type Cluster } from "./support/cluster";
import { ensureKind, Ground, settings } from "./support/failover-ground";

let cluster: Cluster;
let namespace: string;
let ground: Ground;
let number = 0;

beforeAll(async () => {
  cluster = await sharedSandbox();
  await ensureKind(cluster.config);
  namespace = await createNamespace(cluster.config);
}, 60 * 60_000);
beforeEach(async () => {
  ground = new Ground(cluster.config, namespace, `flow-${(number += 1)}`);
  await ground.begin();
});
afterEach(() => ground.end());
afterAll(() => deleteNamespace(cluster.config, namespace));

/** Every state that a failover goes through where nothing is lost. */
const wholePath = [
  ...["Protected", "Suspect", "Fencing", "SelectSnapshot", "Verify", "Promote", "ReadOnlyOpen"],
  ...["Restore", "Replay", "ReadWrite", "Failback", "Switch", "Protected"],
];

test("the city is lost, reads open by themselves, writes by a person's order, and the way back loses nothing (R8)", async () => {
  const controller = ground.drive("one");
  await ground.wholeFlow();
  expect(await ground.path()).toEqual(wholePath);
  expect(await ground.lease().read()).toMatchObject({ holder: "center-1", epoch: 3 });
  expect(ground.opened).toEqual(["snapshot-97"]);
  expect(ground.orderers).toEqual({ from: "snapshot-97", height: 99 });
  const status = await ground.status();
  expect(status).toMatchObject({ phase: "Protected", epoch: 3 });
  expect(status?.measurements.rtoRead).toBeGreaterThan(settings.lease.duration);
  expect(status?.measurements.rtoWrite).toBeGreaterThan(status?.measurements.rtoRead ?? 0);
  await controller.end();
});

test("a primary that lives is left alone, and its status is not written while nothing changes", async () => {
  const controller = ground.drive("one");
  await eventually("it was heard", async () => (await ground.status())?.heard?.["main"] !== undefined);
  const before = (await ground.store().read())?.metadata.resourceVersion;
  const five = ground.beats + 5;
  await eventually("five more heartbeats", () => Promise.resolve(ground.beats >= five));
  expect((await ground.store().read())?.metadata.resourceVersion).toBe(before);
  expect(ground.did.map((one) => one.do)).not.toContain("fence");
  await controller.end();
});

test("a damaged snapshot is passed over for the next older one (R8)", async () => {
  ground.bad = new Set(["snapshot-97"]);
  const controller = ground.drive("one");
  await ground.reaches("Protected");
  ground.primaryAlive = false;
  const status = await ground.reaches("ReadOnlyOpen");
  expect(status.tried).toEqual(["snapshot-97"]);
  expect(ground.opened).toEqual(["snapshot-90"]);
  expect(status.measurements).toMatchObject({ snapshot: "snapshot-90", fallbacks: 1 });
  await controller.end();
});

test("with every snapshot damaged it is stuck, opens nothing, and a person has it tried again (R8)", async () => {
  ground.bad = new Set(["snapshot-97", "snapshot-90", "snapshot-80"]);
  const controller = ground.drive("one");
  await ground.reaches("Protected");
  ground.primaryAlive = false;
  const status = await ground.reaches("Stuck");
  expect(status.why).toContain("no snapshot is left");
  expect(status.conditions).toContainEqual(expect.objectContaining({ type: "PersonNeeded", status: "True" }));
  expect(ground.opened).toEqual([]);
  expect(await ground.order("writes")).toMatchObject({ followed: false, why: expect.stringContaining("in Stuck") });
  ground.bad.clear();
  expect(await ground.order("retry")).toMatchObject({ followed: true });
  await ground.reaches("ReadOnlyOpen");
  await controller.end();
});
