import { setTimeout as pause } from "node:timers/promises";
import { withWeights } from "../../lib/ingress/model";
import { type Connection, dial, tally } from "./support/dial";
import { gatewayKind } from "./support/kinds";
import { pool, startTwoSites, type TestSite, type TwoSites } from "./support/two-sites";
import { untilNothing } from "./support/await";

jest.setTimeout(180_000);

const kinds = ["envoy", "haproxy"] as const;
const maxConnectionAge = 6;

describe.each(kinds)("weights on %s", (name) => {
  let world: TwoSites;
  beforeAll(async () => {
    world = await startTwoSites({ kind: await gatewayKind(name), maxConnectionAge });
    await untilBothServe(world);
  });
  afterAll(async () => {
    await world.stop();
  });

  const call = (at: TestSite) => dial(at.gateway.address, pool, world.organisation);

  test("80 and 20 are four out of five and one out of five, whichever gateway is dialled, and peers of a cluster share (R7)", async () => {
    for (const at of [world.aws, world.gcp]) {
      const counts = await tally(300, () => call(at));
      // Five standard deviations of 300 draws are 35.
      expect(Math.abs(shareOf(counts, world.aws) - 240)).toBeLessThan(35);
      expect(Math.abs(shareOf(counts, world.gcp) - 60)).toBeLessThan(35);
      for (const node of [...world.aws.nodes, ...world.gcp.nodes]) expect(counts[node.name]).toBeGreaterThan(5);
    }
  });

  test("weights that change move new connections at once, and live streams within the bound; nobody is refused (R7)", async () => {
    const { aws, gcp, organisation } = world;
    const pinnedHost = `${aws.nodes[0].name}.amber.example.com`;
    const streams = await Promise.all(Array.from({ length: 40 }, () => call(aws)));
    const pinned = await dial(aws.gateway.address, pinnedHost, organisation);
    const before = streams.filter(({ node }) => onSite(node, aws)).length;
    expect(before).toBeGreaterThan(20);

    const changed = performance.now();
    for (const site of [aws, gcp]) site.gateway.reweigh(withWeights(world.ingress, { [pool]: { "gcp-staging": 100 } }));
    const answering = pinging(streams);
    const seen: Connection[] = [];
    const seconds = await untilNothing(async () => {
      const connection = await call(aws);
      seen.push(connection);
      return onSite(connection.node, gcp) && seen.slice(-20).every(({ node }) => onSite(node, gcp)) && seen.length >= 20
        ? undefined
        : "still where they were";
    });
    expect(seconds).toBeLessThan(5);

    const ends = await Promise.all(streams.map(({ ended }) => ended));
    // Not one lived longer than it may; a machine with other work is given a second.
    expect((Math.max(...ends) - changed) / 1000).toBeLessThan(maxConnectionAge + 1);
    answering.stop();
    // They were of use until then: they were moved, not cut off with the change.
    expect(answering.answers).toBeGreaterThan(streams.length);
    if (name === "envoy") expect(pinned.alive()).toBe(true);
    pinned.close();
    for (const connection of seen) connection.close();

    for (const site of [aws, gcp]) site.gateway.reweigh(world.ingress);
    await untilBothServe(world);
    const losses: string[] = [];
    await tally(
      100,
      () => call(aws),
      (error) => losses.push(`${String(error)}; ${aws.gateway.log().slice(-600)}`),
    );
    expect(losses).toEqual([]);
  });

  test("a stream that lives for hours is ended within the bound although nothing changes, so that it follows what is", async () => {
    const begun = performance.now();
    const streams = await Promise.all(Array.from({ length: 10 }, () => call(world.aws)));
    const ends = await Promise.all(streams.map(({ ended }) => ended));
    expect((Math.max(...ends) - begun) / 1000).toBeLessThan(maxConnectionAge + 1);
  });
});

const onSite = (node: string, { nodes }: TestSite) => nodes.some(({ name }) => name === node);

const shareOf = (counts: Readonly<Record<string, number>>, { nodes }: TestSite) =>
  nodes.reduce((sum, { name }) => sum + (counts[name] ?? 0), 0);

/** Waits until connections to either gateway reach every peer. */
async function untilBothServe({ aws, gcp, organisation }: TwoSites): Promise<void> {
  for (const { gateway } of [aws, gcp]) {
    const met = new Set<string>();
    await untilNothing(async () => {
      const connection = await dial(gateway.address, pool, organisation);
      met.add(connection.node);
      connection.close();
      return met.size === 4 ? undefined : `only ${[...met].join(", ")}`;
    });
  }
}

/** Uses streams all the time until they end, and counts what comes back. */
function pinging(streams: readonly Connection[]): { readonly answers: number; stop(): void } {
  let answers = 0;
  let stopped = false;
  for (const stream of streams) {
    void (async () => {
      while (!stopped && stream.alive()) {
        await stream.echo("block").then(
          () => (answers += 1),
          () => undefined,
        );
        await pause(100);
      }
    })();
  }
  return {
    get answers() {
      return answers;
    },
    stop: () => void (stopped = true),
  };
}
