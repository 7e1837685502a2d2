import type { common } from "@hyperledger/fabric-protos";
import { computeUpdate, type ComputedUpdate } from "./compute-update";
import type { ConsenterOptions } from "./consenters";
import { describeChanges } from "./describe-changes";
import { stages } from "./stages";

/** One config update on the way to what the model says. */
export interface ConfigStep extends ComputedUpdate {
  /** What it changes, a sentence each. */
  readonly changes: readonly string[];
}

/**
 * The next config update that leads a channel to what it should be, safe by itself: at most one consenter comes, goes,
 * moves or changes its key. The same two configs give the same update on every machine, so organisations can compute
 * for themselves what they are asked to sign.
 * @param channel Name of the channel.
 * @param current As the last config block has it.
 * @param desired From {@link import("./config").channelConfig}; its versions are not looked at.
 * @returns `undefined` if there is nothing to change.
 */
export function nextConfigUpdate(
  channel: string,
  current: common.Config,
  desired: common.Config,
  options: ConsenterOptions = {},
): ConfigStep | undefined {
  for (const target of stages(current, desired, options)) {
    const computed = computeUpdate(channel, current, target);
    if (computed !== undefined) return { ...computed, changes: describeChanges(current, target) };
  }
  return undefined;
}

/** All config updates that lead from one config to another, in their order. */
export function configSteps(
  channel: string,
  current: common.Config,
  desired: common.Config,
  options: ConsenterOptions = {},
): ConfigStep[] {
  const steps: ConfigStep[] = [];
  for (
    let step = nextConfigUpdate(channel, current, desired, options);
    step !== undefined;
    step = nextConfigUpdate(channel, step.result, desired, options)
  ) {
    steps.push(step);
  }
  return steps;
}
