import type { Palette } from "../../lib/explain/table";
import { percentagesText } from "../../lib/traffic/percentages";
import { stepsOf, waitsFor, weightsAt, type ShiftPlan, type ShiftState } from "../../lib/traffic/shift";

/** Where a shift is, as one line. */
export function progressText(plan: ShiftPlan, state: ShiftState, colours: Palette): string {
  const shares = percentagesText(weightsAt(plan, state));
  const last = stepsOf(plan).length - 1;
  switch (state.phase) {
    case "moving":
      return state.at === 0 ? `from  ${shares}` : `${state.at}/${last}  ${shares}`;
    case "returning":
      return `${colours.bad("stays")}  ${shares}: ${waitsFor(plan, state) ?? ""} (${state.reason ?? ""})`;
    case "arrived":
      return `${colours.good("done")}  ${shares}`;
    case "returned":
      return `${colours.bad("back")}  ${shares}: ${state.reason ?? ""}`;
  }
}

/** What a shift would do. */
export function planText(plan: ShiftPlan): string {
  const steps = stepsOf(plan);
  const seconds = ((steps.length - 1) * plan.hold) / 1000;
  return [
    `${plan.pool}: ${steps.length - 1} steps, at least ${seconds} s`,
    ...steps.map(
      (shares, index) => `${index === 0 ? "from" : `${index}/${steps.length - 1}`}  ${percentagesText(shares)}`,
    ),
  ].join("\n");
}
