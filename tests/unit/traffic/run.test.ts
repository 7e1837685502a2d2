import type { Weights } from "../../../lib/ingress/model";
import { readRecord } from "../../../lib/traffic/record";
import { type GatewayView, readingsSince } from "../../../lib/traffic/readings";
import { runShift, type ShiftWish, type ShiftWorld, type Standing } from "../../../lib/traffic/run";

const pool = "gateway.amber.example.com";
const untold: ShiftWish = { pool, step: 10, hold: 5000, limits: { errors: 0.05, silence: 3 } };
const wish: ShiftWish = { ...untold, to: { "aws-prod": 70, "gcp-staging": 30 } };
const view = (gateway: string, site: string, unwell: readonly string[] = []): GatewayView => ({
  gateway,
  site,
  sites: Object.fromEntries(
    ["aws-prod", "gcp-staging"].map((one) => [one, { healthy: !unwell.includes(one), attempts: 0, failures: 0 }]),
  ),
});

/** A world whose clock is the waiting of those who live in it. */
class TestWorld implements ShiftWorld {
  time = 1_000_000;
  standing: Standing = { weights: { [pool]: { "aws-prod": 3, "gcp-staging": 0 }, other: { "aws-prod": 1 } } };
  readonly told: string[] = [];
  unwell: string[] = [];
  /** Done when the time has come. */
  readonly events: { at: number; done: () => void }[] = [];
  private version = 0;
  private known = 0;

  constructor(readonly holder = "test") {}

  readonly store = {
    read: (): Promise<Standing> => {
      this.known = this.version;
      return Promise.resolve(this.standing);
    },
    write: (weights: Weights, record: string): Promise<boolean> => {
      if (this.known !== this.version) return Promise.resolve(false);
      this.put({ weights, record });
      this.known = this.version;
      return Promise.resolve(true);
    },
  };
  readonly now = () => this.time;
  readonly views = () => Promise.resolve(["aws-prod", "gcp-staging"].map((site) => view(site, site, this.unwell)));
  readonly sleep = (milliseconds: number): Promise<void> => {
    this.time += milliseconds;
    for (const event of this.events.splice(0)) {
      if (event.at <= this.time) event.done();
      else this.events.push(event);
    }
    return Promise.resolve();
  };
  readonly tell: ShiftWorld["tell"] = (_plan, { phase, at }) => void this.told.push(`${phase} ${at}`);

  put(standing: Standing): void {
    this.standing = standing;
    this.version += 1;
  }
}

const never = new AbortController().signal;

describe("a shift that is carried out", () => {
  it("holds each step, says it is at it, and leaves other pools alone", async () => {
    const world = new TestWorld();
    expect((await runShift(world, wish, never)).phase).toBe("arrived");
    expect(world.standing.weights).toEqual({ [pool]: { "aws-prod": 70, "gcp-staging": 30 }, other: { "aws-prod": 1 } });
    expect(world.told).toEqual(["moving 0", "moving 1", "moving 2", "moving 3", "arrived 3"]);
    expect(world.time).toBe(1_015_000);
  });

  it("brings back exactly the weights before when the new site's backends fail (R7)", async () => {
    const world = new TestWorld();
    world.events.push({ at: world.time + 6000, done: () => world.unwell.push("gcp-staging") });
    expect(await runShift(world, wish, never)).toMatchObject({
      phase: "returned",
      reason: "gcp-staging has nobody who is well",
    });
    expect(world.standing.weights[pool]).toEqual({ "aws-prod": 3, "gcp-staging": 0 });
  });

  it("brings them back when somebody interrupts it", async () => {
    const world = new TestWorld();
    const controller = new AbortController();
    world.events.push({ at: world.time + 6000, done: () => controller.abort() });
    expect((await runShift(world, wish, controller.signal)).phase).toBe("returned");
    expect(world.standing.weights[pool]).toEqual({ "aws-prod": 3, "gcp-staging": 0 });
  });

  it("refuses a second one at the same time, and goes on by the same words when the first was killed", async () => {
    const world = new TestWorld();
    const killed = new Error("killed");
    world.events.push({
      at: world.time + 6000,
      done: () => {
        throw killed;
      },
    });
    await expect(runShift(world, wish, never)).rejects.toBe(killed);
    const left = readRecord(world.standing.record!).state.at;
    expect(left).toBeGreaterThan(0);
    await expect(runShift(world, wish, never)).rejects.toThrow("is under way (test)");
    world.time += 31_000;
    await expect(runShift(world, { ...wish, to: { "aws-prod": 100 } }, never)).rejects.toMatchObject({
      message: expect.stringContaining("was left unfinished") as unknown,
      fix: expect.stringContaining("--undo") as unknown,
    });
    world.told.length = 0;
    expect((await runShift(world, wish, never)).phase).toBe("arrived");
    expect(world.told[0]).toBe(`moving ${left}`);
  });

  it("takes back what was left unfinished", async () => {
    const world = new TestWorld();
    world.events.push({ at: world.time + 6000, done: () => raise("killed") });
    await expect(runShift(world, wish, never)).rejects.toThrow("killed");
    world.time += 31_000;
    expect((await runShift(world, { ...untold, undo: true }, never)).phase).toBe("returned");
    expect(world.standing.weights[pool]).toEqual({ "aws-prod": 3, "gcp-staging": 0 });
  });

  it("writes again what somebody else overwrote, and gives way to another shift", async () => {
    const world = new TestWorld();
    world.events.push({ at: world.time + 6000, done: () => world.put({ weights: world.standing.weights }) });
    expect((await runShift(world, wish, never)).phase).toBe("arrived");
    const loser = new TestWorld();
    loser.events.push({
      at: loser.time + 6000,
      done: () => {
        const record = { ...readRecord(loser.standing.record!), holder: "another", renewed: loser.time };
        loser.put({ ...loser.standing, record: JSON.stringify(record) });
      },
    });
    await expect(runShift(loser, wish, never)).rejects.toThrow("began meanwhile (another)");
  });

  it("knows no pool and no site that does not stand there", async () => {
    await expect(runShift(new TestWorld(), { ...wish, pool: "gateway.nobody" }, never)).rejects.toThrow("no pool");
    await expect(runShift(new TestWorld(), { ...wish, to: { azure: 100 } }, never)).rejects.toMatchObject({
      fix: "name sites of: aws-prod, gcp-staging",
    });
    await expect(runShift(new TestWorld(), untold, never)).rejects.toThrow("no shift was left unfinished");
  });
});

describe("what several gateways say together", () => {
  it("a site that is cut off calls the others lost, which does not make them so", () => {
    const views = [view("a", "aws-prod", ["gcp-staging"]), view("b", "gcp-staging"), view("c", "third")];
    const readings = readingsSince([], views);
    expect([readings["aws-prod"]?.healthy, readings["gcp-staging"]?.healthy]).toEqual([true, true]);
  });

  it("a site that nobody else reaches, or whose own gateways have nobody, is not well", () => {
    const unreached = [view("a", "aws-prod", ["gcp-staging"]), view("b", "gcp-staging")];
    expect(readingsSince([], unreached)["gcp-staging"]?.healthy).toBe(false);
    const empty = [view("a", "aws-prod"), view("b", "gcp-staging", ["gcp-staging"])];
    expect(readingsSince([], empty)["gcp-staging"]?.healthy).toBe(false);
  });

  it("a gateway that began anew counts from nothing", () => {
    const counted = (attempts: number) => [
      { gateway: "a", site: "aws-prod", sites: { "gcp-staging": { healthy: true, attempts, failures: 0 } } },
    ];
    expect(readingsSince(counted(10), counted(12))["gcp-staging"]?.attempts).toBe(2);
    expect(readingsSince(counted(10), counted(4))["gcp-staging"]?.attempts).toBe(4);
  });
});

function raise(message: string): never {
  throw new Error(message);
}
