/** A network over three clusters that really runs: an API server and a real node for each, real Fabric, a real `pulumi up`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { federatedSettings, publishNames, wantedFederation } from "../../../cli/sandbox-federation-stack";
import { sandboxImages } from "../../../cli/sandbox-images";
import type { NetworkInput } from "../../../lib/spec/network";
import { type Federation, startFederation } from "../../../sandbox/federation/federation";
import { planStack, type Plan } from "../../../topologies/plan";
import { counts, holdsProgram, stackFile } from "../../cluster/support/network-stack";
import { TestStack } from "../../cluster/support/stack";
import { untilWell } from "./network";

/** A network over several clusters, with these and its stack. */
export interface RunningFederation {
  readonly federation: Federation;
  readonly stack: TestStack;
  readonly plan: Plan;
  stop(): Promise<void>;
}

/** Brings a network up over three clusters, and waits until the agents of all say that all is as its file wants it. */
export async function runFederatedNetwork(described: NetworkInput): Promise<RunningFederation> {
  const folder = mkdtempSync(join(tmpdir(), "running-federation-"));
  const file = join(folder, "network.yaml");
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(described));
  const asked = planStack({ settings: withoutWeights(folder), network: file });
  const images = await sandboxImages(asked.placement.network, () => undefined, asked.settings.ingress.gateway);
  let federation: Federation | undefined;
  let stack: TestStack | undefined;
  const stop = async () => {
    stack?.remove();
    await federation?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const started = await startFederation({
      ...wantedFederation("direct", "real"),
      dir: join(folder, "sandbox"),
      images: images.archives,
      owner: process.pid,
    });
    federation = started;
    stack = await TestStack.make((project) => {
      const couchdb = images.withoutCouchdb === undefined;
      const said = { ...federatedSettings(started), network: file, couchdb, smallMachines: true };
      holdsProgram(project, stackFile(said));
    });
    const plan = planStack({ settings: join(stack.folder, "Pulumi.dev.yaml") });
    publishNames(federation, plan);
    counts(await stack.up());
    await untilWell(plan);
    return { federation, stack, plan, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** The settings that come with the topology, but for the weights: they name a pool of the consortium that they are for. */
function withoutWeights(folder: string): string {
  const shipped = parse(readFileSync("topologies/federated/settings.yaml", "utf8")) as Record<string, unknown>;
  const file = join(folder, "settings.yaml");
  writeFileSync(file, JSON.stringify({ ...shipped, traffic: undefined }));
  return file;
}
