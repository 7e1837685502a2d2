import { agentMetrics } from "../../../agent/metrics/metrics";
import { alerts } from "../../../lib/fabric/alerts";

test("a certificate is told of 30 days ahead, before it is too late to do something (R4)", () => {
  const ahead = alerts.flatMap(({ expression, severity }) => {
    const days = /^fabric_topologies_certificate_seconds_left < (\d+) \* 86400$/.exec(expression)?.[1];
    return days === undefined ? [] : [[Number(days), severity]];
  });
  expect(ahead).toEqual([
    [30, "warning"],
    [3, "critical"],
  ]);
});

test("what alerts ask of agents, agents tell", async () => {
  const told = await agentMetrics("org1", "agent-0").text();
  const asked = alerts.flatMap(({ expression }) => expression.match(/fabric_topologies_\w+/g) ?? []);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((metric) => !told.includes(`# TYPE ${metric} gauge`))).toEqual([]);
});

test("an alert names no label that its expression has summed away", () => {
  const unknown = alerts.flatMap(({ name, expression, summary }) => {
    const kept = /\bby \(([^)]*)\)/.exec(expression)?.[1]?.split(/, */);
    // Where two sides are matched, the labels are those of the side that has many.
    if (kept === undefined || expression.includes("group_right")) return [];
    return [...summary.matchAll(/\$labels\.(\w+)/g)].flatMap(([, label = ""]) =>
      kept.includes(label) ? [] : [`${name}: ${label}`],
    );
  });
  expect(unknown).toEqual([]);
});
