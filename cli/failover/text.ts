import type { Palette } from "../../lib/explain/table";
import { table } from "../../lib/explain/table";
import type { FailoverObject, FailoverStatus } from "../../lib/recovery/failover/object";
import { ordersIn } from "../../lib/recovery/failover/orders";
import { runbook } from "../../lib/recovery/failover/runbook";
import { verbs } from "./verbs";

/** Lines of the time line that are worth a screen. */
const newest = 12;

/** A failover as an operator reads it: where it stands, what it means, what it took, and what to type. */
export function failoverText({ metadata, spec, status }: FailoverObject, palette: Palette): string {
  const title = `${metadata.namespace ?? ""}/${metadata.name}, ${spec.mode}: ${spec.primary.join(" + ")} to ${spec.target}`;
  if (status === undefined) return `${title}\n\nNo controller has looked at it yet.`;
  const { phase, epoch, why } = status;
  return [
    title,
    "",
    `${palette.strong(phase)}, epoch ${epoch}${why === undefined ? "" : `: ${why}`}`,
    runbook[phase].means,
    "",
    table(
      ["condition", "status", "since", "what it says"],
      status.conditions.map(({ type, status: is, lastTransitionTime, message }) => [
        type,
        is,
        lastTransitionTime,
        message.length > 60 ? `${message.slice(0, 59)}…` : message,
      ]),
      palette,
    ),
    ...measured(status),
    "",
    "Time line",
    ...status.timeline.slice(-newest).map((line) => `  ${line.at}  ${line.phase} (${line.epoch}): ${line.what}`),
    "",
    "Look at",
    ...runbook[phase].look.map((what) => `  ${what}`),
    ...commands(metadata, status),
  ].join("\n");
}

function measured({ measurements }: FailoverStatus): string[] {
  const said = Object.entries(measurements).map(([name, value]) => `${name} ${value}`);
  return said.length === 0 ? [] : ["", `Measured (ms, and blocks or seconds lost): ${said.join(", ")}`];
}

/** With the epoch that was looked at, so that an order means this and no later failover. */
function commands({ name, namespace = "" }: FailoverObject["metadata"], { phase, epoch }: FailoverStatus): string[] {
  const open = ordersIn(phase).map((what) => {
    const [verb] = Object.entries(verbs).find(([, one]) => one.what === what) ?? [what];
    const center = what === "fenced" ? " <center>" : "";
    return `  npx fabric-topologies failover ${verb}${center} ${name} --namespace ${namespace} --epoch ${epoch}`;
  });
  return open.length === 0 ? [] : ["", "What approvers may order", ...open];
}
