import { getStack } from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime";
import { deploySites } from "./lib/deploy/deploy";
import { messageOnly } from "./lib/deploy/engine-error";
import { deployNetwork } from "./lib/deploy/program";
import { InvalidInput } from "./lib/spec/problem";
import { planStack } from "./topologies/plan";

// Pulumi's SDK maps stack traces by files that tsx does not write; Node's own traces name the right lines.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;

/** The Pulumi program: which topology does this stack name, on which sites? Check it, place it, deploy it. */
async function program(): Promise<Record<string, unknown>> {
  const plan = planStack({ settings: { from: `Pulumi.${getStack()}.yaml`, running: allConfig() } });
  return deployNetwork(plan, (sites, federation) => deploySites(sites, { adopt: plan.settings.adopt, federation }));
}

/** What people can mend themselves is told without a stack trace of ours. */
export = () =>
  program().catch((error: unknown) => {
    throw error instanceof InvalidInput ? messageOnly(error.message) : error;
  });
