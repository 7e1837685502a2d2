/** Of several agents one leads, and nobody does while it is not certain. */
import { LeaseObserver, releaseLease, takeLease } from "../../../agent/kubernetes/lease";
import { standForElection } from "../../../agent/kubernetes/leadership";
import { type Lease, pathOf } from "../../../agent/kubernetes/objects";
import { pause } from "../../../agent/kubernetes/pause";
import { until } from "../../../agent/kubernetes/until";
import { MemoryApiServer } from "../../support/memory-api-server";

const lease = { namespace: "trade-amber", name: "agent" };
const path = pathOf("leases", lease.namespace, lease.name);
const log = () => undefined;

test("of many at once one gets the lease, and the others learn who", async () => {
  const api = new MemoryApiServer();
  const names = ["a", "b", "c", "d"];
  const told = await Promise.all(names.map((name) => takeLease(api, lease, name, 10, new LeaseObserver())));
  const holder = api.get<Lease>(path)?.spec?.holderIdentity;
  expect(told.filter((name) => name === holder)).toHaveLength(1);
  expect(names).toContain(holder);
});

test("a lease is free when its holder has not renewed it for as long as it promised, by our own clock", async () => {
  const api = new MemoryApiServer();
  const observer = new LeaseObserver();
  await takeLease(api, lease, "old", 10, new LeaseObserver());
  expect(await takeLease(api, lease, "new", 10, observer, { now: 0 })).toBe("old");
  expect(await takeLease(api, lease, "new", 10, observer, { now: 10_000 })).toBe("old");
  expect(await takeLease(api, lease, "new", 10, observer, { now: 10_001 })).toBe("new");
  expect(api.get<Lease>(path)?.spec).toMatchObject({ holderIdentity: "new", leaseTransitions: 1 });
});

test("a lease given back is free at once; one that another holds is left alone", async () => {
  const api = new MemoryApiServer();
  await takeLease(api, lease, "one", 10, new LeaseObserver());
  await releaseLease(api, lease, "two");
  expect(await takeLease(api, lease, "two", 10, new LeaseObserver())).toBe("one");
  await releaseLease(api, lease, "one");
  expect(await takeLease(api, lease, "two", 10, new LeaseObserver())).toBe("two");
});

test("where it is not to be made, nobody gets it", async () => {
  const api = new MemoryApiServer();
  expect(await takeLease(api, lease, "one", 10, new LeaseObserver(), { make: false })).toBeUndefined();
  expect(api.get(path)).toBeUndefined();
});

test("a leader that cannot renew stops before another may begin", async () => {
  const api = new MemoryApiServer();
  const times = { lease: 1, giveUp: 0.4, retry: 0.05, leave: 1 };
  const end = new AbortController();
  let stopped: number | undefined;
  let ended: Promise<void> | undefined;
  const began = new Promise<void>((begin) => {
    ended = standForElection(
      api,
      lease,
      "one",
      async (signal) => {
        begin();
        await pause(60_000, signal);
        stopped = performance.now();
      },
      { log, signal: end.signal, times },
    );
  });
  await began;
  // From now on no call ends before the test does: as when the network to the API server is cut.
  const cut = performance.now();
  api.before = () => pause(60_000, end.signal);
  while (stopped === undefined && performance.now() - cut < 3000) await pause(20);
  expect((stopped ?? Infinity) - cut).toBeLessThan(1000 * times.lease);
  end.abort();
  await ended;
});

test("a leader that fails takes the election along, so that its process starts anew", async () => {
  const failing = standForElection(new MemoryApiServer(), lease, "one", () => Promise.reject(new Error("no model")), {
    log,
    signal: new AbortController().signal,
    times: { lease: 1, giveUp: 0.5, retry: 0.02, leave: 1 },
  });
  await expect(failing).rejects.toThrow("no model");
});

test("when the process ends the lease is given back soon, although its work and a renewal hang", async () => {
  const api = new MemoryApiServer();
  const end = new AbortController();
  let ended: Promise<void> | undefined;
  await new Promise<void>((begin) => {
    ended = standForElection(
      api,
      lease,
      "one",
      () => {
        begin();
        return new Promise(() => undefined);
      },
      { log, signal: end.signal, times: { lease: 60, giveUp: 50, retry: 0.02, leave: 0.2 } },
    );
  });
  const renewal = new Promise<void>((hangs) => {
    api.before = () => {
      hangs();
      return end.signal.aborted ? undefined : new Promise(() => undefined);
    };
  });
  await renewal;
  end.abort();
  await ended;
  expect(api.get<Lease>(path)?.spec?.holderIdentity).toBe("");
});

test("nothing is sent, nor waited for, after its time", async () => {
  const api = new MemoryApiServer();
  const end = new AbortController();
  api.before = () => new Promise(() => undefined);
  const hanging = until(api, end.signal).call("GET", path);
  end.abort();
  await expect(hanging).rejects.toThrow(/ended/);
  await expect(until(api, end.signal).call("GET", path)).rejects.toThrow(/not sent/);
  expect(api.calls).toEqual([`GET ${path}`]);
});
