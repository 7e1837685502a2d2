/** Whoever has lost the lease does nothing more, however late it learns of something to do. */
import { pathOf } from "../../../agent/kubernetes/objects";
import { agentLease } from "../../../agent/run/run";
import type { NodeHeights } from "../../../agent/fabric/status";
import { AgentWorld, emptyModel, happens } from "../../support/agent-world";

const namespace = "trade-amber";
const peer = { pod: "peer0-amber-0", site: "s", zone: "zone-a", host: "peer0-amber-0.example", port: 7051 };
const status = pathOf("pods", namespace, peer.pod, "status");

test("a leader that has lost the lease sets no gate, publishes nothing, and ends its work after the step it is at", async () => {
  const world = new AgentWorld();
  const [amber] = emptyModel.organisations;
  world.writeModel(JSON.stringify({ ...emptyModel, organisations: [{ ...amber, peers: [peer] }] }));
  world.api.put(pathOf("pods", namespace, peer.pod), {
    metadata: { uid: "1" },
    status: { phase: "Running", conditions: [] },
  });
  let tell: (heights: readonly NodeHeights[]) => void = () => undefined;
  let step: (() => void) | undefined;
  const steps: string[] = [];
  await world.start({
    heights: () => new Promise((resolve) => (tell = resolve)),
    reconcile: async ({ onStep }) => {
      for (const next of ["first", "second"]) {
        steps.push(next);
        await new Promise<void>((resolve) => (step = resolve));
        onStep();
      }
      return [];
    },
  });
  await happens("it works", () => steps.length > 0);
  const lease = pathOf("leases", namespace, agentLease);
  const spec = { holderIdentity: "another", renewTime: "now", leaseDurationSeconds: 60 };
  world.api.put(lease, { metadata: { namespace }, spec });
  await happens("it learns of it", () => world.logged.includes("leadership ends"));
  const before = world.api.calls.length;
  tell([{ node: peer, role: "peer", channels: [] }]);
  step?.();
  await happens("it stands for election again", () => world.api.calls.slice(before).includes(`GET ${lease}`));
  expect(steps).toEqual(["first"]);
  expect(world.api.calls.slice(before).filter((call) => !call.startsWith("GET"))).toEqual([]);
  expect(world.api.calls).not.toContain(`PATCH ${status}`);
  await world.stop();
});
