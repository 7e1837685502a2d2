import { statusText } from "../../../cli/network/status";
import { plain } from "../../../lib/explain/table";

test("before the network is up it says what to do, and shows no empty table", () => {
  const text = statusText({ statuses: [], silent: ["amber", "clearing"] }, plain);
  expect(text).toMatch(/^no agent has said anything yet\n {4}do: bring the network up \(`make up` in the sandbox/);
});

test("one silent agent comes with what to look at", () => {
  const status = { organisation: "amber", nodes: [], conditions: [] };
  const text = statusText({ statuses: [status as never], silent: ["clearing"] }, plain);
  expect(text).toMatch(/clearing: its agent has said nothing yet\n {4}do: see whether its pod runs: `kubectl get pods/);
});
