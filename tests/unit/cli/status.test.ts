import { isWell } from "../../../cli/network/seen";
import { withAge } from "../../../cli/network/status";
import { statusText } from "../../../cli/network/status-text";
import { plain } from "../../../lib/explain/table";

test("before the network is up it says what to do, and shows no empty table", () => {
  const text = statusText({ statuses: [], silent: ["amber", "clearing"], unseen: [] }, plain);
  expect(text).toMatch(/^no agent has said anything yet\n {4}do: bring the network up \(`make up` in the sandbox/);
});

test("one silent agent comes with what to look at", () => {
  const status = { organisation: "amber", nodes: [], conditions: [] };
  const text = statusText({ statuses: [status as never], silent: ["clearing"], unseen: [] }, plain);
  expect(text).toMatch(/clearing: its agent has said nothing yet\n {4}do: see whether its pod runs: `kubectl get pods/);
});

test("what an agent said before it fell silent is not taken for how things are", () => {
  const at = "2026-11-23T12:00:00.000Z";
  const said = { organisation: "amber", at, nodes: [], conditions: [], network: "trade", agent: "agent-0" };
  const status = { ...said, site: "here", renewal: { kind: "rest" as const } };
  const after = (minutes: number) => {
    const aged = withAge(status, Date.parse(at) + minutes * 60_000);
    return {
      well: isWell({ statuses: [aged], silent: [], unseen: [] }),
      text: statusText({ statuses: [aged], silent: [], unseen: [] }, plain),
    };
  };
  expect(after(4).well).toBe(true);
  expect(after(6)).toEqual({ well: false, text: expect.stringContaining(`has said nothing since ${at}`) });
});
