import { mkdirSync } from "node:fs";
import { get } from "node:http";
import { dirname, join } from "node:path";
import { ports } from "../../../lib/fabric/ports";
import type { GatewayPlace, GatewayRenderer } from "../../../lib/ingress/gateway";
import type { MultiClusterIngress } from "../../../lib/ingress/model";
import type { Guardian } from "../../fabric/support/guardian";
import { type ProcessGroup, startGroup } from "./process-group";
import { untilNothing } from "./await";
import { ConfigMapFolder } from "./config-map-folder";

/** A gateway that can be tested, and where its program is. */
export interface GatewayKind {
  readonly name: "envoy" | "haproxy";
  readonly renderer: GatewayRenderer;
  readonly program: string;
}

export interface GatewayInput {
  readonly kind: GatewayKind;
  readonly ingress: MultiClusterIngress;
  readonly site: string;
  /** The address that it listens on. */
  readonly address: string;
  /** A folder of its own. */
  readonly folder: string;
  readonly guardian: Guardian;
}

/** A site's gateway that runs, with its files as the kubelet mounts them. */
export interface TestGateway {
  readonly site: string;
  readonly address: string;
  /** Everything that it has said since its last start. */
  log(): string;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** From now on it takes connections and says nothing, as a site does behind a network that swallows packets. */
  freeze(): void;
  thaw(): void;
  /** Writes the ConfigMap of the weights anew. */
  reweigh(ingress: MultiClusterIngress): void;
  /** Starts it again on the files that it has. */
  start(): Promise<void>;
}

export async function startGateway(input: GatewayInput): Promise<TestGateway> {
  const { kind, ingress, site, address, folder, guardian } = input;
  const place: GatewayPlace = {
    start: join(folder, "start"),
    base: join(folder, "base"),
    weights: join(folder, "weights"),
    run: folder,
    listen: address,
    admin: address,
  };
  mkdirSync(folder, { recursive: true });
  new ConfigMapFolder(place.start, kind.renderer.start(ingress, site, place));
  new ConfigMapFolder(place.base, kind.renderer.base(ingress, site, place));
  const weights = new ConfigMapFolder(place.weights, kind.renderer.weights(ingress, site, place));
  const [command = "", ...args] = kind.renderer.command(ingress, site, place);
  const env = { PATH: `${dirname(kind.program)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin` };
  let process: ProcessGroup | undefined;
  const gateway: TestGateway = {
    site,
    address,
    log: () => process?.log() ?? "",
    stop: async () => process?.stop(),
    kill: async () => process?.kill(),
    freeze: () => process?.freeze(),
    thaw: () => process?.thaw(),
    reweigh: (changed) => weights.write(kind.renderer.weights(changed, site, place)),
    async start() {
      const started = startGroup(command === kind.name ? kind.program : command, args, env);
      process = started;
      guardian.watch(-started.pid);
      const ended = started.ended.then((code) => `ended with ${code ?? "a signal"}:\n${started.log().slice(-4000)}`);
      await untilNothing(async () => {
        const died = await Promise.race([ended, Promise.resolve(undefined)]);
        if (died !== undefined) throw new Error(died);
        return (await ask(address, "/ready")) === 200 ? undefined : `not ready: ${started.log().slice(-4000)}`;
      });
    },
  };
  await gateway.start();
  return gateway;
}

/** The status that the port for health answers with; 0 where nobody answers. */
export function ask(address: string, path: string, host = "gateway"): Promise<number> {
  return new Promise((resolve) => {
    const request = get(
      { host: address, port: ports.gateway.health, path, headers: { host }, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    request.setTimeout(2_000, () => request.destroy());
    request.once("error", () => resolve(0));
  });
}
