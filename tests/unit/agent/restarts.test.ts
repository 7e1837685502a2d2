/** Agents of two organisations renew their ordering nodes' certificates together, and any of them may die at any time. */
import * as fc from "fast-check";
import { ApiError } from "../../../agent/kubernetes/api-server";
import { pathOf } from "../../../agent/kubernetes/objects";
import { consenterRestart, leaseLock } from "../../../agent/renewal/lock";
import { Restarts } from "../../../agent/renewal/restarts";
import type { CertificateDates, RenewalView } from "../../../agent/renewal/view";
import { MemoryApiServer } from "../../support/memory-api-server";

const day = 86_400_000;
const renewBefore = 30 * day;
const start = Date.UTC(2026, 0, 1);
const organisations = ["clearing", "notary"] as const;

interface WorldNode {
  readonly pod: string;
  readonly organisation: (typeof organisations)[number];
  uid: number;
  certificate: CertificateDates;
  startedAt: number;
  downUntil: number;
}

/** Five ordering nodes of two organisations, all due at once, and their agents, at the pace of the real ones. */
class World {
  readonly api = new MemoryApiServer();
  readonly nodes: WorldNode[] = [0, 1, 2, 3, 4].map((index) => ({
    pod: `orderer-${index}`,
    organisation: index < 3 ? "clearing" : "notary",
    uid: index,
    certificate: { notBefore: start - 340 * day, notAfter: start + 20 * day },
    startedAt: start - 300 * day,
    downUntil: 0,
  }));
  /** Whom a budget never lets go. */
  kept: string | undefined;
  worst = 0;
  now = start;
  private agents = new Map<string, Restarts>();
  private generation = 0;

  constructor(private readonly outage: number) {
    for (const organisation of organisations) this.restartAgent(organisation);
    this.api.before = (method, path) => {
      const [, pod] = /pods\/([^/]+)\/eviction$/.exec(path) ?? [];
      if (method !== "POST" || pod === undefined) return;
      const node = this.nodes.find((one) => one.pod === pod);
      if (node === undefined) throw new Error(`evicted ${pod}, which is nobody's`);
      if (pod === this.kept)
        throw new ApiError(429, "Cannot evict pod as it would violate the pod's disruption budget.");
      node.downUntil = this.now + this.outage;
      node.uid += 100;
      node.startedAt = node.downUntil;
      node.certificate = { notBefore: this.now, notAfter: this.now + 365 * day };
      this.worst = Math.max(this.worst, this.nodes.filter((one) => one.downUntil > this.now).length);
    };
  }

  restartAgent(organisation: string): void {
    this.generation += 1;
    this.agents.set(
      organisation,
      new Restarts({
        api: this.api,
        namespace: organisation,
        lock: leaseLock(
          { api: this.api },
          { namespace: "clearing", name: consenterRestart },
          organisation === "clearing",
        ),
        self: `${organisation}/agent-${this.generation}`,
        log: () => undefined,
        evicted: () => undefined,
      }),
    );
  }

  async step(seconds: number): Promise<void> {
    this.now += 1000 * seconds;
    jest.setSystemTime(this.now);
    for (const organisation of organisations) {
      const own = this.nodes.filter((node) => node.organisation === organisation);
      const pods = own.filter(({ downUntil }) => downUntil <= this.now).map((node) => [node.pod, podOf(node)] as const);
      await this.agents.get(organisation)?.pass(this.view(organisation), new Map(pods), this.now);
    }
  }

  private view(organisation: string): RenewalView {
    const own = (node: WorldNode) => node.organisation === organisation;
    const up = ({ downUntil }: WorldNode) => downUntil <= this.now;
    return {
      now: this.now,
      renewBefore,
      settle: 15_000,
      authority: true,
      peers: [],
      pods: this.nodes
        .filter((node) => own(node) && up(node))
        .map(({ pod, certificate, startedAt }) => ({ pod, role: "orderer", certificate, ready: true, startedAt })),
      consenters: this.nodes.map((node) => ({
        ...node,
        own: own(node),
        up: up(node),
        behindFor: 0,
        leads: node.pod === "orderer-0",
      })),
    };
  }
}

const podOf = ({ pod, uid }: WorldNode) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: pod, uid: String(uid) },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" as const }] },
});

beforeEach(() => {
  // Only the date: leases carry it.
  jest.useFakeTimers({
    doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "setInterval", "setTimeout", "performance", "hrtime"],
  });
});

afterEach(() => jest.useRealTimers());

test("one after the other, the leader last, until all have new certificates", async () => {
  const world = new World(10_000);
  const order: string[] = [];
  for (let step = 0; step < 400 && order.length < 5; step += 1) {
    await world.step(5);
    for (const { pod, uid } of world.nodes) if (uid >= 100 && !order.includes(pod)) order.push(pod);
  }
  expect(order).toHaveLength(5);
  expect(order.at(-1)).toBe("orderer-0");
  expect(world.worst).toBe(1);
  expect(world.api.get(pathOf("leases", "clearing", consenterRestart))).toBeDefined();
});

test("one that a budget never lets go holds up nobody, of its own organisation or another", async () => {
  const world = new World(10_000);
  world.kept = "orderer-1";
  const old = () => world.nodes.filter(({ uid }) => uid < 100).map(({ pod }) => pod);
  for (let step = 0; step < 600 && old().length > 2; step += 1) await world.step(5);
  // The leader waits for it: it has no more than weeks to lose.
  expect(old()).toEqual(["orderer-0", "orderer-1"]);
  world.kept = undefined;
  for (let step = 0; step < 400 && old().length > 0; step += 1) await world.step(5);
  expect(old()).toEqual([]);
  expect(world.worst).toBe(1);
});

test("whenever agents die, never two are down at once, and all are renewed in the end", async () => {
  const deaths = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 150 }), organisation: fc.constantFrom(...organisations) }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(deaths, fc.constantFrom(5000, 20_000, 90_000), async (dying, outage) => {
      const world = new World(outage);
      for (let step = 0; step < 600; step += 1) {
        for (const { at, organisation } of dying) if (at === step) world.restartAgent(organisation);
        await world.step(5);
      }
      expect(world.worst).toBe(1);
      expect(world.nodes.filter(({ uid }) => uid < 100).map(({ pod }) => pod)).toEqual([]);
    }),
    { numRuns: 15 },
  );
});
