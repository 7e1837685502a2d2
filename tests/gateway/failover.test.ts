import { dial, tally } from "./support/dial";
import { ask } from "./support/gateway";
import { gatewayKind } from "./support/kinds";
import { aliasOf, pool, startTwoSites, type TestSite, type TwoSites } from "./support/two-sites";
import { untilNothing } from "./support/await";

jest.setTimeout(180_000);

describe.each(["envoy", "haproxy"] as const)("health on %s", (name) => {
  let world: TwoSites;
  beforeAll(async () => {
    world = await startTwoSites({ kind: await gatewayKind(name), weights: [50, 50] });
  });
  beforeEach(async () => {
    await untilServedBy([...world.aws.nodes, ...world.gcp.nodes]);
  });
  afterAll(async () => {
    await world.stop();
  });

  const call = (at: TestSite) => dial(at.gateway.address, pool, world.organisation);
  const names = (nodes: readonly { readonly name: string }[]) => nodes.map((node) => node.name).sort();

  /** Waits until exactly these answer 40 connections in a row, whichever gateway is dialled. */
  async function untilServedBy(nodes: readonly { readonly name: string }[]): Promise<void> {
    const wanted = names(nodes).join(", ");
    await untilNothing(async () => {
      for (const site of [world.aws, world.gcp]) {
        const met = Object.keys(await tally(40, () => call(site))).sort();
        if (met.join(", ") !== wanted) return `${site.gateway.site}: ${met.join(", ")} in place of ${wanted}`;
      }
      return undefined;
    });
  }

  /** Seconds from now until the first connection after which 30 in a row are as they should be. */
  async function secondsUntil(at: TestSite, right: (node: string | undefined) => boolean): Promise<number> {
    const begun = performance.now();
    let lastWrong = begun;
    let inARow = 0;
    await untilNothing(async () => {
      const asked = performance.now();
      const node = await called(at);
      inARow = right(node) ? inARow + 1 : 0;
      if (inARow === 0) lastWrong = asked;
      return inARow === 30 ? undefined : `served by ${node ?? "nobody"}`;
    });
    return (lastWrong - begun) / 1000;
  }

  /** Who answers a connection, if anybody does. */
  const called = (at: TestSite): Promise<string | undefined> =>
    call(at).then(
      (connection) => {
        connection.close();
        return connection.node;
      },
      () => undefined,
    );

  /** Checks that each take their whole time, the time between them, and a second for a machine with other work. */
  const checks = (count: number) => {
    const { interval, timeout } = world.ingress.health;
    return count * (interval + timeout) + 1;
  };

  test("a lost cluster's connections are on the survivor within three checks, live streams too, and back afterwards (R7)", async () => {
    const { aws, gcp } = world;
    const { failures, successes } = world.ingress.health;
    const streams = (await Promise.all(Array.from({ length: 20 }, () => call(aws)))).filter(({ node }) =>
      names(gcp.nodes).includes(node),
    );
    expect(streams.length).toBeGreaterThan(0);
    await gcp.lose();
    const moved = await secondsUntil(aws, (node) => node !== undefined && names(aws.nodes).includes(node)).finally(() =>
      gcp.comeBack(),
    );
    expect(moved).toBeLessThan(checks(failures));
    await Promise.all(streams.map(({ ended }) => ended));
    const back = await untilNothing(async () => {
      const node = await called(aws);
      return node !== undefined && names(gcp.nodes).includes(node) ? undefined : `served by ${node ?? "nobody"}`;
    });
    expect(back).toBeLessThan(checks(successes));
  });

  test("a cluster whose peers are lost while its gateway lives says so, and passes its clients on", async () => {
    const { aws, gcp } = world;
    await Promise.all(gcp.nodes.map((node) => node.stop()));
    await untilServedBy(aws.nodes);
    expect(await ask(gcp.gateway.address, "/healthz", pool)).toBe(503);
    expect(await ask(aws.gateway.address, "/healthz", pool)).toBe(200);
    expect(await ask(gcp.gateway.address, "/ready")).toBe(200);
    await Promise.all(gcp.nodes.map((node) => node.start()));
    await untilServedBy([...aws.nodes, ...gcp.nodes]);
  });

  test("a peer that says that it is unwell gets nothing, though it takes connections; its cluster keeps its share", async () => {
    const { aws, gcp } = world;
    const [sick, well] = gcp.nodes;
    sick.status = 503;
    await untilServedBy([...aws.nodes, well]);
    const counts = await tally(200, () => call(aws));
    // Five standard deviations of 200 draws are 35.
    expect(Math.abs((counts[well.name] ?? 0) - 100)).toBeLessThan(36);
    sick.status = 200;
    await untilServedBy([...aws.nodes, ...gcp.nodes]);
  });

  test("a site that has fallen silent ends the streams to its nodes, and who dials these is refused, not kept waiting (R7)", async () => {
    const { aws, gcp, organisation } = world;
    const [node] = gcp.nodes;
    const dialled = () => dial(aws.gateway.address, aliasOf(node.name), organisation);
    const stream = await dialled();
    expect(stream.node).toBe(node.name);
    gcp.gateway.freeze();
    try {
      await stream.ended;
      await expect(dialled()).rejects.toThrow(/ECONNRESET|disconnected|ended without an answer/);
    } finally {
      gcp.gateway.thaw();
    }
    await untilNothing(async () => {
      const met = await dialled().then(
        (connection) => connection.node,
        (error: unknown) => String(error),
      );
      return met === node.name ? undefined : `served by ${met}`;
    });
  });

  test("with nobody well anywhere nobody is called, until somebody is again", async () => {
    const { aws, gcp } = world;
    const all = [...aws.nodes, ...gcp.nodes];
    for (const node of all) node.status = 503;
    await untilNothing(async () => {
      const met = await tally(10, () => call(aws));
      return met["lost"] === 10 ? undefined : JSON.stringify(met);
    });
    for (const node of all) node.status = 200;
    await untilServedBy(all);
  });

  test("health is told by the pool's name, with a port behind it or without; of other names nothing is known", async () => {
    const { gateway } = world.aws;
    expect(await ask(gateway.address, "/healthz", `${pool}:15021`)).toBe(200);
    expect(await ask(gateway.address, "/healthz", pool.toUpperCase())).toBe(200);
    expect([404, 503]).toContain(await ask(gateway.address, "/healthz", "gateway.other.example.com"));
    expect(await ask(gateway.address, "/", pool)).toBe(404);
  });
});
