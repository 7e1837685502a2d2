/** What an operator is told: states, conditions, measurements, and what the kind Failover shows of them. */
import { failoverKind } from "../../../lib/recovery/failover/kind";
import { runbook } from "../../../lib/recovery/failover/runbook";
import { conditionsOf, measurementsOf } from "../../../lib/recovery/failover/status";
import { runbookPage } from "../../../scripts/pages/runbook";
import { Scene } from "./scene";

test.each(Object.entries(runbook))("%s has words for 3 a.m.", (phase, { means, look, commands }) => {
  expect(means).toMatch(/^[A-Z].{30,}\.$/s);
  expect(look.length).toBeGreaterThan(0);
  expect(commands.length).toBeGreaterThan(0);
  for (const { does, type } of commands) expect([does, type]).not.toContain("");
  expect(runbookPage()).toContain(`## ${phase}\n\n${means}`);
});

test("every state that a story goes through is in the runbook and in the schema", () => {
  const scene = new Scene().readWrite();
  const phases = scene.state.record.timeline.map(({ phase }) => phase);
  expect(phases).toEqual(
    expect.arrayContaining(["Suspect", "Fencing", "Verify", "ReadOnlyOpen", "Replay", "ReadWrite"]),
  );
  expect(Object.keys(runbook)).toEqual(expect.arrayContaining(phases));
  expect(JSON.stringify(failoverKind)).toContain(JSON.stringify(Object.keys(runbook)));
});

test("each phase is measured, and what was lost", () => {
  const scene = new Scene().readOnly();
  scene.now += 60_000;
  scene.approved().now += 2000;
  const { record, view } = scene.replays(97).replays(98).state;
  expect(measurementsOf(record)).toMatchObject({
    approval: 60_000,
    replay: 2000,
    rpoBlocks: 1,
    snapshot: "snapshot-97",
    fallbacks: 0,
  });
  const { detection, fencing, verification, readOpen, rtoRead } = measurementsOf(record);
  expect(rtoRead).toBe(detection! + fencing! + verification! + readOpen!);
  const status = Object.fromEntries(conditionsOf(record, view).map(({ type, status }) => [type, status]));
  expect(status).toEqual({
    Heard: "False",
    Fenced: "True",
    ReadsOpen: "True",
    WritesOpen: "True",
    PersonNeeded: "False",
    OldPrimaryReturned: "False",
  });
});

test("an old primary that speaks again is told of", () => {
  const { record, view } = new Scene().readOnly().beats(120, { epoch: 1 }).state;
  expect(conditionsOf(record, view)).toContainEqual(
    expect.objectContaining({ type: "OldPrimaryReturned", status: "True", message: "center-1, demoted" }),
  );
});

test("nothing in the schema is without a type, as API servers ask of structural schemas", () => {
  const wrong: string[] = [];
  const walk = (schema: Record<string, unknown>, path: string): void => {
    if (typeof schema["type"] !== "string") wrong.push(path);
    const inside = {
      ...(schema["properties"] as object | undefined),
      items: schema["items"],
      more: schema["additionalProperties"],
    };
    for (const [name, value] of Object.entries(inside))
      if (typeof value === "object" && value !== null) walk(value as Record<string, unknown>, `${path}.${name}`);
  };
  const versions = (failoverKind["spec"] as { versions: { schema: { openAPIV3Schema: Record<string, unknown> } }[] })
    .versions;
  for (const { schema } of versions) walk(schema.openAPIV3Schema, "");
  expect(wrong).toEqual([]);
});
