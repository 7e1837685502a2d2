/** What restarts do while the site that keeps their lock does not answer. */
import { pathOf } from "../../../agent/kubernetes/objects";
import { LockUnreachable, type RestartLock } from "../../../agent/renewal/lock";
import { Restarts } from "../../../agent/renewal/restarts";
import type { RenewalView } from "../../../agent/renewal/view";
import { MemoryApiServer } from "../../support/memory-api-server";

const day = 24 * 3_600_000;
const now = Date.parse("2026-01-01T00:00:00Z");
const away: RestartLock = {
  take: () => Promise.reject(new LockUnreachable("the board of order on east is not to be had: no answer")),
  release: () => Promise.resolve(),
};

/** Five ordering nodes; the own one's certificate ends so many days from now. */
function view(left: number): RenewalView {
  const certificate = { notBefore: now - 364 * day, notAfter: now + left * day };
  const startedAt = now - 364 * day;
  return {
    ...{ now, renewBefore: 30 * day, settle: 15_000, authority: true, peers: [] },
    pods: [{ pod: "orderer-0-0", role: "orderer", certificate, ready: true, startedAt }],
    consenters: Array.from({ length: 5 }, (_, index) => ({
      pod: `orderer-${index}-0`,
      own: index === 0,
      // A node whose certificate has ended is of no use to the others.
      up: index > 0 || left > 0,
      behindFor: 0,
      startedAt,
      leads: false,
      certificate: index === 0 ? certificate : { notBefore: now, notAfter: now + 365 * day },
    })),
  };
}

async function restarted(left: number) {
  const api = new MemoryApiServer();
  const evicted: string[] = [];
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "orderer-0-0", uid: "1" } };
  api.put(pathOf("pods", "trade-order", "orderer-0-0"), pod);
  const restarts = new Restarts({
    ...{ api, namespace: "trade-order", lock: away, self: "trade-order/agent", log: () => undefined },
    evicted: (name) => void evicted.push(name),
  });
  const step = await restarts.pass(view(left), new Map([["orderer-0-0", pod]]), 0);
  return { step, evicted };
}

test.each([20, 1])("a node whose certificate holds for %i days more waits, and it is told for what", async (left) => {
  const { step, evicted } = await restarted(left);
  expect(evicted).toEqual([]);
  expect(step).toMatchObject({ kind: "wait", why: expect.stringContaining("order on east") as unknown });
});

test("a node whose certificate has ended is away already, and is restarted without the lock", async () => {
  const { step, evicted } = await restarted(-1);
  expect(step).toMatchObject({ kind: "restart", pod: "orderer-0-0" });
  expect(evicted).toEqual(["orderer-0-0"]);
});
