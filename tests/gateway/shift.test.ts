import { setTimeout as pause } from "node:timers/promises";
import { ask } from "../../cli/shift/gateways";
import { ports } from "../../lib/fabric/ports";
import { type Weights, weightsOf, withWeights } from "../../lib/ingress/model";
import type { GatewayView } from "../../lib/traffic/readings";
import { runShift, type ShiftWish, type ShiftWorld } from "../../lib/traffic/run";
import { gatewayStatistics } from "../../lib/traffic/statistics";
import { untilNothing } from "./support/await";
import { type Connection, dial } from "./support/dial";
import { gatewayKind } from "./support/kinds";
import { pool, startTwoSites, type TestSite, type TwoSites } from "./support/two-sites";

jest.setTimeout(180_000);

const maxConnectionAge = 4;
const untold: ShiftWish = { pool, step: 50, hold: 2000, limits: { errors: 0.05, silence: 5 } };
const never = new AbortController().signal;

describe.each(["envoy", "haproxy"] as const)("shift on %s", (name) => {
  let world: TwoSites;
  let told: string[];
  const sites = () => [world.aws, world.gcp];
  const statistics = gatewayStatistics[name];

  beforeAll(async () => {
    world = await startTwoSites({ kind: await gatewayKind(name), weights: [100, 0], maxConnectionAge });
    await untilNothing(async () => ((await allWell()) ? undefined : "not all sites are well"));
  });
  afterAll(() => world.stop());

  const call = (at: TestSite) => dial(at.gateway.address, pool, world.organisation);

  /** As a client does that is sent away: each of a site's nodes may be marked lost while a connection to it is being made. */
  const patiently = (at: TestSite): Promise<Connection> =>
    call(at)
      .catch(() => call(at))
      .catch(() => call(at));

  const takenBy = ({ node }: Connection, { nodes }: TestSite) => nodes.some((one) => one.name === node);

  async function allWell(): Promise<boolean> {
    const views = await look();
    return views.length === 2 && views.every((view) => Object.values(view.sites).every(({ healthy }) => healthy));
  }

  async function look(): Promise<GatewayView[]> {
    const host = world.ingress.hosts.find((one) => one.name === pool)!;
    const views = sites().map(async ({ gateway: { site, address } }) => {
      const answer = await ask(statistics, pool, ports.gateway.admin, address).catch(() => undefined);
      return answer === undefined ? [] : [{ gateway: site, site, sites: statistics.sites(host, site, answer) }];
    });
    return (await Promise.all(views)).flat();
  }

  /** The weights as both gateways get them, in place of the ConfigMap in two clusters. */
  function shiftWorld(): ShiftWorld {
    let weights = weightsOf(world.ingress);
    told = [];
    return {
      store: {
        read: () => Promise.resolve({ weights }),
        write(next: Weights) {
          weights = next;
          for (const { gateway } of sites()) gateway.reweigh(withWeights(world.ingress, next));
          return Promise.resolve(true);
        },
      },
      views: look,
      now: Date.now,
      sleep: (time) => pause(time),
      tell: (_plan, { phase, at }) => void told.push(`${phase} ${at}`),
      holder: "test",
    };
  }

  /** Calls new connections until so many in a row were taken by one site. */
  async function settled(at: TestSite, by: TestSite): Promise<void> {
    let row = 0;
    await untilNothing(async () => {
      const connection = await call(at);
      row = takenBy(connection, by) ? row + 1 : 0;
      connection.close();
      return row >= 10 ? undefined : "still elsewhere";
    });
  }

  /** New connections one after the other, and how many of them nobody took. */
  function keepCalling(at: TestSite): () => Promise<{ readonly served: number; readonly lost: number }> {
    let [going, served, lost] = [true, 0, 0];
    const calls = (async () => {
      while (going) {
        await patiently(at).then(
          (connection) => {
            served += 1;
            connection.close();
          },
          () => (lost += 1),
        );
        await pause(20);
      }
    })();
    return async () => {
      going = false;
      await calls;
      return { served, lost };
    };
  }

  test("moves live streams to the new site within their bound, step by step, and refuses nobody (R7)", async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => call(world.aws)));
    expect(streams.every((one) => takenBy(one, world.aws))).toBe(true);
    const stopCalling = keepCalling(world.aws);
    const state = await runShift(shiftWorld(), { ...untold, to: { "gcp-staging": 100 } }, never);
    const arrived = performance.now();
    expect(state.phase).toBe("arrived");
    expect(told.filter((line, index) => told[index - 1] !== line)).toEqual([
      "moving 0",
      "moving 1",
      "moving 2",
      "arrived 2",
    ]);
    await settled(world.aws, world.gcp);
    const calls = await stopCalling();
    expect(calls.lost).toBe(0);
    expect(calls.served).toBeGreaterThan(50);
    const ends = await Promise.all(streams.map(({ ended }) => ended));
    // The last weights were written one hold time before; a machine with other work is given a second.
    expect((Math.max(...ends) - arrived) / 1000).toBeLessThan(maxConnectionAge + 1);
  });

  test("returns by itself when the new site's backends fail, and everybody is served on the way (R7)", async () => {
    const stopCalling = keepCalling(world.aws);
    const running = runShift(
      shiftWorld(),
      { ...untold, to: { "aws-prod": 50, "gcp-staging": 50 }, step: 10, hold: 3000 },
      never,
    );
    await untilNothing(() => (told.includes("moving 2") ? undefined : "not at the second step"));
    for (const node of world.gcp.nodes) node.status = 503;
    const failed = performance.now();
    const state = await running;
    const seconds = (performance.now() - failed) / 1000;
    for (const node of world.gcp.nodes) node.status = 200;
    expect(state).toMatchObject({ phase: "returned", reason: "gcp-staging has nobody who is well" });
    // Three checks of 0.4 s by the site's own gateway, and a look each second.
    expect(seconds).toBeLessThan(6);
    await settled(world.gcp, world.aws);
    expect((await stopCalling()).lost).toBe(0);
  });
});
