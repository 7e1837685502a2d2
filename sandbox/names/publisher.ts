/** Tells the name server what the clusters' objects ask for, and what somebody publishes by hand. */
import {
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type KubernetesObject,
  type V1Service,
} from "@kubernetes/client-node";
import type { KubernetesListObject } from "@kubernetes/client-node";
import { type Watched, watched } from "../volumes/watched";
import type { NameServer } from "./name-server";
import { published } from "./publish";
import { recordsOfEndpoints, recordsOfServices } from "./records";

/** Looks whether somebody has published others. */
const lookMilliseconds = 250;

/** Runs inside the daemon for as long as the sandbox does. */
export class Publisher {
  private readonly endpoints: Watched<KubernetesObject>[] = [];
  private readonly services: Watched<V1Service>[] = [];
  private readonly timer: NodeJS.Timeout;
  private told = "";

  constructor(
    private readonly root: string,
    private readonly server: NameServer,
    private readonly log: (line: string) => void,
  ) {
    this.timer = setInterval(this.look, lookMilliseconds);
  }

  /** Reads a cluster's objects, too; its kind DNSEndpoint must be there. What it said last counts while it is lost. */
  async follow(config: KubeConfig): Promise<void> {
    const custom = config.makeApiClient(CustomObjectsApi);
    const kind = { group: "externaldns.k8s.io", version: "v1alpha1", plural: "dnsendpoints" };
    const list = async () => (await custom.listClusterCustomObject(kind)) as KubernetesListObject<KubernetesObject>;
    this.endpoints.push(await watched(config, `/apis/${kind.group}/${kind.version}/${kind.plural}`, list, this.look));
    const core = config.makeApiClient(CoreV1Api);
    this.services.push(
      await watched<V1Service>(config, "/api/v1/services", () => core.listServiceForAllNamespaces(), this.look),
    );
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.endpoints, ...this.services].map((watch) => watch.stop()));
  }

  private readonly look = (): void => {
    const records = [
      ...published(this.root),
      ...this.endpoints.flatMap((watch) => recordsOfEndpoints(watch.list())),
      ...this.services.flatMap((watch) => recordsOfServices(watch.list())),
    ];
    const text = JSON.stringify(records);
    if (text === this.told) return;
    this.told = text;
    this.server.tell(records);
    this.log(`names: ${records.map(({ name, addresses }) => `${name} ${addresses.join(" ")}`).join(", ") || "none"}`);
  };
}
