/** A model file of no use stops no agent. */
import { AgentWorld, emptyModel, happens } from "../../support/agent-world";

const good = JSON.stringify(emptyModel);
let world: AgentWorld;

beforeEach(() => (world = new AgentWorld()));
afterEach(() => world.stop());

const modelRead = () => world.said()?.conditions.find(({ type }) => type === "ModelRead");

test.each([
  ["not JSON", "{"],
  ["nothing", "null"],
  ["no model", "{}"],
  ["without the own organisation", JSON.stringify({ ...emptyModel, organisations: [] })],
])("changed to one that is %s, the agent goes on with the one before, and says what to do", async (_, bad) => {
  let passes = 0;
  world.writeModel(good);
  await world.start({
    reconcile: ({ consortium }) => {
      expect(consortium).toEqual(emptyModel);
      passes += 1;
      return Promise.resolve([]);
    },
  });
  await happens("it is ready", async () => (await world.ready()).status === 200);
  expect(modelRead()?.status).toBe("True");
  world.writeModel(bad);
  await happens("it tells of it", () => modelRead()?.status === "False");
  expect(modelRead()).toMatchObject({ message: expect.stringContaining("model.json"), remedy: expect.any(String) });
  expect((await world.ready()).status).toBe(503);
  const before = passes;
  await happens("it goes on", () => passes > before + 2);
  world.writeModel(good);
  await happens("it is ready again", async () => (await world.ready()).status === 200);
});

test("bad from the beginning, it stays up, is not ready, and says why; then it begins", async () => {
  world.writeModel("{");
  await world.start();
  await happens("it says why", async () => (await world.ready()).body.includes("model.json"));
  expect((await world.ready()).status).toBe(503);
  await happens("it has been elected", () =>
    world.api.calls.some((call) => call.startsWith("POST") && call.includes("leases")),
  );
  world.writeModel(good);
  await happens("it is ready", async () => (await world.ready()).status === 200);
});
