import { Command } from "commander";
import { clientCommand } from "../client/commands";
import { version } from "../package.json";
import { createLog } from "./log";
import { shippingCommands } from "./snapshots/command-line";

interface MinuteOptions {
  readonly network: string;
  readonly tier: string;
  readonly class: string;
  readonly slots: number;
  readonly every: number;
}

/**
 * The program of the agent image. Every command loads what it needs when it runs, so that one that needs little starts
 * at once.
 */
const program = new Command("agent")
  .description("What runs inside the cluster for one organisation: registers identities, and keeps channels going.")
  .version(version)
  .showHelpAfterError();

const log = createLog();

program
  .command("registrar-secret")
  .description("make the registrars' passwords of the certificate authorities, once (Secret ca-registrar)")
  .action(async () => {
    const { connectFromEnvironment } = await import("./kubernetes/cluster");
    const { ensureRegistrarSecret } = await import("./register/registrar-secret");
    const { variable } = await import("./register/surroundings");
    await ensureRegistrarSecret(connectFromEnvironment(), variable("POD_NAMESPACE"));
  });

program
  .command("publish-msp")
  .description("publish the certificates of the authorities for everybody (ConfigMap msp)")
  .action(async () => {
    const { connectFromEnvironment } = await import("./kubernetes/cluster");
    const { publishMsp } = await import("./register/msp");
    const { variable } = await import("./register/surroundings");
    const [namespace, mspId] = [variable("POD_NAMESPACE"), variable("AGENT_MSP_ID")];
    await publishMsp(connectFromEnvironment(), namespace, variable("AGENT_AUTHORITIES"), mspId);
  });

program
  .command("register")
  .description("make both authorities expect the organisation's identities (Secret enrolment)")
  .action(async () => {
    const { connectFromEnvironment } = await import("./kubernetes/cluster");
    const { readIdentities } = await import("./register/identities");
    const { register } = await import("./register/register");
    const { variable } = await import("./register/surroundings");
    const registration = {
      namespace: variable("POD_NAMESPACE"),
      authorities: { ca: variable("AGENT_CA"), "tls-ca": variable("AGENT_TLS_CA") },
      identities: readIdentities(variable("AGENT_IDENTITIES")),
    };
    await register(connectFromEnvironment(), registration, log);
  });

program
  .command("run")
  .description("keep the organisation's part of the network as the model says, until ended")
  .requiredOption("--model <file>", "the consortium as JSON")
  .option("--identity <folder>", "folder with msp and tls of the organisation's administrator", "/var/hyperledger")
  .action(async (files: { readonly model: string; readonly identity: string }) => {
    const { startAgent } = await import("./run/start");
    await startAgent(files, log);
    // The lease is given back: what is still under way must not go on beside the next leader.
    process.exit();
  });

program
  .command("take-snapshots")
  .description("take the snapshots of this minute, one at each of its slots (CronJob snapshots-…)")
  .argument("<claim...>", "names of the claims")
  .requiredOption("--network <name>", "name of the network, for labels")
  .requiredOption("--tier <name>", "name of the schedule, for labels")
  .requiredOption("--class <name>", "VolumeSnapshotClass")
  .requiredOption("--slots <count>", "slots of the minute", Number)
  .requiredOption("--every <seconds>", "seconds between two slots", Number)
  .action(async (claims: readonly string[], options: MinuteOptions) => {
    const { connectFromEnvironment } = await import("./kubernetes/cluster");
    const { variable } = await import("./register/surroundings");
    const { pause } = await import("./kubernetes/pause");
    const { takeMinute } = await import("./snapshots/minute");
    const { network, tier, class: className, slots, every } = options;
    const place = { network, tier, className, namespace: variable("POD_NAMESPACE") };
    const until = (time: number) => pause(Math.max(0, time - Date.now()));
    await takeMinute(connectFromEnvironment(), { place, claims, every, slots }, { now: Date.now, until }, log);
    process.exit();
  });

for (const command of shippingCommands(log)) program.addCommand(command);
program.addCommand(clientCommand());

program.parseAsync().catch((thrown: unknown) => {
  log("error", "ended", { error: thrown });
  process.exitCode = 1;
});
