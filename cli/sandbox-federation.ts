/** `fabric-topologies sandbox …` for a federation: several clusters in one sandbox. */
import { Command } from "commander";
import { SandboxError } from "../sandbox/errors";
import { attachFederation, type Engine, type Federation, startFederation } from "../sandbox/federation/federation";
import { type Progress, step } from "../sandbox/progress";
import type { NodeKind } from "../sandbox/sandbox";
import { parseZones } from "../sandbox/simulation/zone-spec";
import { defaultStateFolder } from "../sandbox/state";
import { printProgress } from "../sandbox/toolchain";
import { federationText, stepText } from "./sandbox-text";
import { colours } from "./terminal";

const print = (text: string): void => void process.stdout.write(text);
const printStep = (event: Progress): void => {
  print(stepText(event));
};

/** As the examples call them: a cluster for production, one for less, and one to decide between them. */
const defaultMembers = "aws-prod,gcp-staging,third";

export interface FederationWords {
  readonly zones?: string;
  readonly nodes?: NodeKind;
  readonly engine?: Engine;
  readonly members?: string;
}

/** Starts a federation, or says that it runs already. */
export async function upFederated({ zones, nodes, engine, members = defaultMembers }: FederationWords): Promise<void> {
  const start = performance.now();
  const each = zones === undefined ? {} : { zones: parseZones(zones) };
  const federation = await startFederation({
    members: members.split(",").map((name) => ({ name: name.trim(), ...each })),
    ...(nodes === undefined ? {} : { nodes }),
    ...(engine === undefined ? {} : { engine }),
    progress: printStep,
    buildProgress: printProgress(process.stdout),
  });
  print(federationText(federation, (performance.now() - start) / 1000, colours(process.stdout)));
}

/** The commands that take members away. */
export function memberCommand(): Command {
  const member = new Command("member")
    .description("Of a federation: take a member away, and bring it back.")
    .addHelpText(
      "after",
      "\nExamples:\n  $ fabric-topologies sandbox member kill aws-prod\n  $ fabric-topologies sandbox member restore aws-prod",
    );
  const action =
    (what: (name: string) => string, how: (federation: Federation, name: string) => Promise<void>) =>
    async (name: string): Promise<void> => {
      const federation = runningFederation();
      await step(printStep, what(name), () => how(federation, name));
    };
  member
    .command("kill <member>")
    .description("Kill everything of a member at once: API server, controllers, and with real nodes its machines.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies sandbox member kill aws-prod")
    .action(
      action(
        (name) => `killing ${name}`,
        (federation, name) => federation.killMember(name),
      ),
    );
  member
    .command("restore <member>")
    .description("Bring a member back that was killed, and wait until its nodes are Ready.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies sandbox member restore aws-prod")
    .action(
      action(
        (name) => `restoring ${name}`,
        (federation, name) => federation.restoreMember(name),
      ),
    );
  member
    .command("stop-api <cluster>")
    .description("Kill the API server of a member or of the host, and nothing else: all that runs runs on.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies sandbox member stop-api host")
    .action(
      action(
        (name) => `stopping the API server of ${name}`,
        (federation, name) => federation.stopApiServer(name),
      ),
    );
  member
    .command("start-api <cluster>")
    .description("Start an API server again that was stopped, and wait until it answers.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies sandbox member start-api host")
    .action(
      action(
        (name) => `starting the API server of ${name}`,
        (federation, name) => federation.startApiServer(name),
      ),
    );
  return member;
}

function runningFederation(): Federation {
  const federation = attachFederation();
  if (federation) return federation;
  throw new SandboxError(
    `no federation runs in ${defaultStateFolder()}`,
    "start one: fabric-topologies sandbox up --federated",
  );
}
