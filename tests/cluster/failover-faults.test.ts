/** Controllers that die, that are two, and that do not reach the API server: nothing is done twice, and the end is the same (R8). */
import { connect, type ApiServer, type Method } from "../../agent/kubernetes/api-server";
import { createNamespace, deleteNamespace, eventually, sharedSandbox, type Cluster } from "./support/cluster";
import { ensureKind, Ground } from "./support/failover-ground";
import { TroubledWay } from "./support/troubled-way";

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
  ground = new Ground(cluster.config, namespace, `faults-${(number += 1)}`);
  await ground.begin();
});
afterEach(() => ground.end());
afterAll(() => deleteNamespace(cluster.config, namespace));

const wholePath = [
  ...["Protected", "Suspect", "Fencing", "SelectSnapshot", "Verify", "Promote", "ReadOnlyOpen"],
  ...["Restore", "Replay", "ReadWrite", "Failback", "Switch", "Protected"],
];

/** An API server for somebody who dies when they have written the status once: they never hear of it. */
function once(api: ApiServer, died: () => void): ApiServer {
  let dead = false;
  return {
    clockSkew: () => api.clockSkew(),
    async call<Answer>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
      if (dead) throw new Error("dead");
      const answer = await api.call<Answer>(method, path, body, signal);
      if (method !== "PUT" || !path.endsWith("/status")) return answer;
      dead = true;
      died();
      throw new Error("dead");
    },
  };
}

test("a controller that is killed at every transition is followed by one that goes on, to the same end (R8)", async () => {
  let over = false;
  let lives = 0;
  const heirs = (async () => {
    while (!over) {
      lives += 1;
      let died: () => void = () => undefined;
      const death = new Promise<void>((resolve) => (died = resolve));
      const controller = ground.drive(`life ${lives}`, once(ground.api, died));
      const poll = setInterval(() => over && died(), 50);
      await death;
      clearInterval(poll);
      await controller.end();
    }
  })();
  await ground.wholeFlow();
  over = true;
  await heirs;
  expect(await ground.path()).toEqual(wholePath);
  expect(lives).toBeGreaterThan(wholePath.length);
  expect(await ground.lease().read()).toMatchObject({ holder: "center-1", epoch: 3 });
  expect(new Set(ground.opened)).toEqual(new Set(["snapshot-97"]));
  expect(ground.orderers).toEqual({ from: "snapshot-97", height: 99 });
});

test("of two controllers alive at once one writes, the other reads, and the end is the same (R8)", async () => {
  const controllers = ["one", "two"].map((name) => ground.drive(name));
  await ground.wholeFlow();
  expect(await ground.path()).toEqual(wholePath);
  expect(await ground.lease().read()).toMatchObject({ holder: "center-1", epoch: 3 });
  expect(ground.orderers).toEqual({ from: "snapshot-97", height: 99 });
  // Nothing is asked for under an epoch before one that something was done under.
  const epochs = ground.did.filter((one) => one.do !== "pinSnapshots").map(({ epoch }) => epoch);
  expect(
    epochs.filter((epoch) => epoch > 1).every((epoch, index, all) => index === 0 || epoch >= all[index - 1]!),
  ).toBe(true);
  await Promise.all(controllers.map(({ end }) => end()));
});

test("without a way to the witness nothing is decided or done, and it goes on when there is one again (R8)", async () => {
  const way = await TroubledWay.open(cluster.config);
  const controller = ground.drive("one", connect(way.config, 500));
  await ground.reaches("Protected");
  await eventually("it was heard", async () => (await ground.status())?.heard?.["main"] !== undefined);
  way.cut();
  ground.primaryAlive = false;
  const done = ground.did.length;
  await eventually("it has asked the witness again and again", () => Promise.resolve(way.swallowed >= 5));
  expect((await ground.status())?.phase).toBe("Protected");
  expect(ground.did.length).toBe(done);
  expect(await ground.lease().read()).toMatchObject({ holder: "center-1", epoch: 1 });
  way.mend();
  await ground.reaches("ReadOnlyOpen");
  await controller.end();
  way.close();
});

test("with a slow API server it takes longer and ends the same", async () => {
  const way = await TroubledWay.open(cluster.config);
  way.slow(60);
  const controller = ground.drive("one", connect(way.config, 2000));
  await ground.wholeFlow();
  expect(await ground.path()).toEqual(wholePath);
  await controller.end();
  way.close();
});
