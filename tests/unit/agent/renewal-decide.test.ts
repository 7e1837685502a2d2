/** Whoever is restarted for a new certificate: never two ordering nodes, never without a quorum, the leader last. */
import * as fc from "fast-check";
import { decideRenewal } from "../../../agent/renewal/decide";
import type { ConsenterSight, Refusal, RenewablePod, RenewalView } from "../../../agent/renewal/view";

const now = 1_000_000_000;
const hour = 3_600_000;
const renewBefore = 30 * 24 * hour;
const fresh = { notBefore: now - hour, notAfter: now + 300 * 24 * hour };
const due = { notBefore: now - 340 * 24 * hour, notAfter: now + 20 * 24 * hour };
const urgent = { notBefore: now - 360 * 24 * hour, notAfter: now + hour };
const long = now - 24 * hour * 100;

const pod = (name: string, role: RenewablePod["role"], certificate = fresh): RenewablePod => ({
  pod: name,
  role,
  certificate,
  ready: true,
  startedAt: long,
});

const consenter = (name: string, change: Partial<ConsenterSight> = {}): ConsenterSight => ({
  pod: name,
  own: true,
  up: true,
  behindFor: 0,
  startedAt: long,
  leads: false,
  certificate: fresh,
  ...change,
});

function view(change: Partial<RenewalView>): RenewalView {
  return { now, renewBefore, settle: 15_000, pods: [], consenters: [], peers: [], authority: true, ...change };
}

/** Five ordering nodes of one organisation, of which these are due; the first leads. */
function five(certificates: readonly (typeof due)[], change: (index: number) => Partial<ConsenterSight> = () => ({})) {
  const names = [0, 1, 2, 3, 4].map((index) => `orderer-${index}`);
  return view({
    pods: names.map((name, index) => pod(name, "orderer", certificates[index] ?? fresh)),
    consenters: names.map((name, index) =>
      consenter(name, { leads: index === 0, certificate: certificates[index] ?? fresh, ...change(index) }),
    ),
  });
}

test("nothing is restarted while every certificate has time", () => {
  expect(decideRenewal(five([]))).toEqual({ kind: "rest" });
});

test("a follower goes before the leader, under the lock of all organisations", () => {
  expect(decideRenewal(five([due, due]))).toEqual({ kind: "restart", pod: "orderer-1", lease: true });
  expect(decideRenewal(five([due]))).toEqual({ kind: "restart", pod: "orderer-0", lease: true });
});

test("the leader waits for another organisation's follower that is due", () => {
  const base = five([due]);
  const foreign = consenter("orderer-9", { own: false, certificate: due });
  const step = decideRenewal({ ...base, consenters: [...base.consenters, foreign] });
  expect(step).toMatchObject({ kind: "wait", pod: "orderer-0", why: expect.stringMatching(/orderer-9/) });
});

test.each([
  ["down", { up: false }],
  ["behind", { behindFor: 60_000 }],
  ["just started", { startedAt: now - 1000 }],
  ["of unknown age", { startedAt: undefined }],
])("an ordering node waits while another is %s", (_, other) => {
  const step = decideRenewal(five([fresh, due], (index) => (index === 3 ? other : {})));
  expect(step).toMatchObject({ kind: "wait", pod: "orderer-1", why: expect.stringContaining("orderer-3") });
});

test("with little time left one that is down no longer holds it up, but a missing quorum does", () => {
  const down = (...indexes: number[]) =>
    five([fresh, urgent], (index) => (indexes.includes(index) ? { up: false } : {}));
  expect(decideRenewal(down(3))).toMatchObject({ kind: "restart", pod: "orderer-1" });
  expect(decideRenewal(down(3, 4))).toMatchObject({ kind: "wait", why: expect.stringMatching(/only 2 other/) });
});

test("a node whose certificate has ended is started anew at once: it serves nobody", () => {
  const ended = { notBefore: 0, notAfter: now - hour };
  const step = decideRenewal(five([fresh, ended, ended], (index) => ({ up: index === 0 })));
  expect(step).toMatchObject({ kind: "restart", pod: "orderer-1" });
});

test("without an authority nothing is restarted but the authority itself", () => {
  const pods = [pod("peer0-amber-0", "peer", urgent), pod("ca-amber-0", "authority", due)];
  expect(decideRenewal(view({ pods, authority: false }))).toMatchObject({ kind: "restart", pod: "ca-amber-0" });
  expect(decideRenewal(view({ pods: pods.slice(0, 1), authority: false }))).toMatchObject({ kind: "wait" });
});

test("a peer waits for its fellow to be ready, to have settled, and to have caught up", () => {
  const pods = (fellow: Partial<RenewablePod>) => [
    pod("peer0-amber-0", "peer", due),
    { ...pod("peer0-amber-1", "peer"), ...fellow },
  ];
  const peers = [{ pod: "peer0-amber-1", behindFor: 60_000 }];
  expect(decideRenewal(view({ pods: pods({}) }))).toEqual({ kind: "restart", pod: "peer0-amber-0", lease: false });
  expect(decideRenewal(view({ pods: pods({ ready: false }) }))).toMatchObject({
    kind: "wait",
    why: expect.stringMatching(/not ready/),
  });
  expect(decideRenewal(view({ pods: pods({ startedAt: now - 1 }) }))).toMatchObject({
    kind: "wait",
    why: expect.stringMatching(/moment ago/),
  });
  expect(decideRenewal(view({ pods: pods({}), peers }))).toMatchObject({
    kind: "wait",
    why: expect.stringMatching(/caught up/),
  });
});

test("a restart that brought no new certificate is not repeated at once", () => {
  const tried = { ...pod("peer0-amber-0", "peer", due), startedAt: now - hour };
  expect(decideRenewal(view({ pods: [tried] }))).toEqual({ kind: "rest" });
  const later = { ...tried, startedAt: now - renewBefore / 4 - hour };
  expect(decideRenewal(view({ pods: [later] }))).toMatchObject({ kind: "restart" });
});

test("one whose eviction was refused lets the others go first, and is tried again after them", () => {
  const pods = [pod("peer0-amber-0", "peer", urgent), pod("peer0-amber-1", "peer", due)];
  const refused = (seconds: number, name = "peer0-amber-0") =>
    [name, { why: "refused", at: now - 1000 * seconds }] as const;
  const decide = (...refusals: (readonly [string, Refusal])[]) =>
    decideRenewal(view({ pods, refused: new Map(refusals) }));
  expect(decide()).toMatchObject({ kind: "restart", pod: "peer0-amber-0" });
  expect(decide(refused(1))).toMatchObject({ kind: "restart", pod: "peer0-amber-1" });
  expect(decide(refused(60))).toMatchObject({ kind: "restart", pod: "peer0-amber-1" });
  expect(decide(refused(60), refused(31, "peer0-amber-1"))).toMatchObject({ kind: "restart", pod: "peer0-amber-0" });
  expect(decide(refused(2), refused(1, "peer0-amber-1"))).toEqual({
    kind: "wait",
    pod: "peer0-amber-0",
    why: "refused",
  });
});

describe("whatever the network looks like", () => {
  const certificate = fc.constantFrom(fresh, due, urgent, { notBefore: 0, notAfter: now - hour });
  const sight = fc.record({
    up: fc.boolean(),
    behindFor: fc.constantFrom(0, 60_000),
    startedAt: fc.constantFrom(long, now - 1000, undefined),
    leads: fc.constantFrom(true, false, undefined),
    certificate,
    own: fc.boolean(),
  });
  const networks = fc.array(sight, { minLength: 3, maxLength: 7 }).map((sights) => {
    const consenters = sights.map((one, index) => consenter(`orderer-${index}`, one));
    const pods = consenters
      .filter(({ own }) => own)
      .map(({ pod: name, certificate: of, startedAt, up }) => ({
        ...pod(name, "orderer", of ?? fresh),
        startedAt,
        ready: up,
      }));
    return view({ consenters, pods });
  });

  test("a restart never takes the quorum away, and never one that is up while less than a quorum of others is", () => {
    fc.assert(
      fc.property(networks, (network) => {
        const step = decideRenewal(network);
        if (step.kind !== "restart") return;
        expect(step.lease).toBe(true);
        const self = network.consenters.find(({ pod: name }) => name === step.pod);
        const others = network.consenters.filter((one) => one !== self && one.up && one.behindFor < 10_000);
        const quorum = Math.floor(network.consenters.length / 2) + 1;
        expect(self?.up !== true || others.length >= quorum).toBe(true);
        expect(self?.own).toBe(true);
        expect((self?.certificate?.notAfter ?? 0) - now).toBeLessThan(renewBefore);
      }),
      { numRuns: 2000 },
    );
  });

  test("where all is well, whoever is due has its turn", () => {
    const well = fc.array(fc.constantFrom(fresh, due), { minLength: 3, maxLength: 7 }).map((dates) => five(dates));
    fc.assert(
      fc.property(well, (network) => {
        const anyDue = network.pods.some((one) => one.certificate === due);
        expect(decideRenewal(network).kind).toBe(anyDue ? "restart" : "rest");
      }),
    );
  });
});
