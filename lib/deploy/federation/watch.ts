import type { KubeObject } from "../../constructs/manifests";
import { standing, type LiveForm, type Standing } from "../../federation/standing";
import type { Readers } from "../../federation/truth";
import type { ApiServer } from "../api-server";
import { inspect, resourcePaths } from "../live";
import type { MspFiles } from "../../fabric/msp-bundle";
import { identityObjects } from "../../spec/names";
import { reach } from "../reach";
import type { SiteAccess } from "../site-access";
import { withoutUnsaid } from "../unsaid";
import type { Asked } from "./register";

/** How long a member may take to show an object as it is wanted, and how often it is asked. Milliseconds. */
export interface Patience {
  readonly limit: number;
  readonly interval: number;
}

interface JobList {
  readonly items: readonly { readonly status?: { readonly succeeded?: number } }[];
}

/** As long as Pulumi waits for a Deployment. */
const usual: Patience = { limit: 10 * 60_000, interval: 500 };

/** Asks members themselves how their objects are: an engine's word is of what it was told, not of what is. */
export class Members implements Asked {
  private readonly opened = new Map<string, Promise<ApiServer>>();
  private readonly accesses: ReadonlyMap<string, SiteAccess>;

  constructor(
    sites: readonly SiteAccess[],
    private readonly patience: Patience = usual,
  ) {
    this.accesses = new Map(sites.map((site) => [site.name, site]));
  }

  /** How an object stands now. */
  async standing(member: string, wanted: KubeObject): Promise<Standing> {
    const live = await this.live(member, wanted);
    const first = standing(wanted, live);
    if (first.state !== "different") return first;
    // The same value may be written in another way: the API server knows.
    return standing(wanted, live, await this.applied(member, wanted));
  }

  /**
   * An object as its cluster has it; undefined where there is none, nor its kind.
   * @throws Error where the cluster does not answer, or lets nobody look
   */
  async live(cluster: string, wanted: KubeObject): Promise<LiveForm | undefined> {
    const api = await this.api(cluster);
    const path = (await resourcePaths(api, new Set([wanted.apiVersion])))(wanted);
    if (path === undefined) return undefined;
    return (await this.read(cluster, path)) as LiveForm | undefined;
  }

  /** What a cluster's API server says the object would be, were the wanted one applied; nothing is changed. */
  async applied(cluster: string, wanted: KubeObject): Promise<LiveForm | undefined> {
    const [{ applied } = {}] = await inspect(await this.api(cluster), [withoutUnsaid(wanted)], { force: true });
    return applied;
  }

  /** The body of a path, undefined where there is nothing. */
  async read(cluster: string, path: string): Promise<unknown> {
    const { status, body } = await (await this.api(cluster)).get(path);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`${path} cannot be read: HTTP ${status}`);
    return body;
  }

  /**
   * Waits until a member shows an object as it is wanted, and what it runs has come up.
   * @throws Error when it has failed, or is not there in time: with what is not as wanted
   */
  async shows(member: string, wanted: KubeObject): Promise<void> {
    const end = Date.now() + this.patience.limit;
    for (;;) {
      const now = await this.standing(member, wanted).catch((error: unknown): Standing => {
        return { state: "missing", detail: error instanceof Error ? error.message : String(error) };
      });
      if (now.state === "as wanted") return;
      if (now.state === "failed") throw new Error(`${member}: ${now.detail}`);
      if (Date.now() > end) {
        throw new Error(`${member} does not show it after ${this.patience.limit / 1000} s: ${now.detail}`);
      }
      await new Promise((resolve) => setTimeout(resolve, this.patience.interval));
    }
  }

  /**
   * What an organisation's authorities have published on a member; undefined where they are done and have not, as on
   * simulated nodes, which run nothing.
   * @throws Error when it is waited for and not there in time
   */
  async published(member: string, namespace: string, patience: "wait" | "now"): Promise<MspFiles | undefined> {
    const end = Date.now() + this.patience.limit;
    for (;;) {
      const found = await this.bundle(member, namespace).catch(() => undefined);
      if (found !== undefined || patience === "now") return found;
      if (await this.registered(member, namespace).catch(() => false)) return this.bundle(member, namespace);
      if (Date.now() > end) {
        throw new Error(
          `${member}: the authorities of ${namespace} have published nothing after ${this.patience.limit / 1000} s; see its Jobs ca-init and register`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, this.patience.interval));
    }
  }

  /** Whether the Jobs that publish have ended well. */
  private async registered(member: string, namespace: string): Promise<boolean> {
    const selector = encodeURIComponent("fabric-topologies.dev/role=register");
    const { status, body } = await (
      await this.api(member)
    ).get(`/apis/batch/v1/namespaces/${namespace}/jobs?labelSelector=${selector}`);
    const jobs = status === 200 ? (body as JobList).items : [];
    return jobs.length > 0 && jobs.every((job) => (job.status?.succeeded ?? 0) > 0);
  }

  private async bundle(member: string, namespace: string): Promise<MspFiles | undefined> {
    const { status, body } = await (
      await this.api(member)
    ).get(`/api/v1/namespaces/${namespace}/configmaps/${identityObjects.msp}`);
    return status === 200 ? (body as { readonly data?: MspFiles }).data : undefined;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const all = await Promise.allSettled(this.opened.values());
    for (const one of all) if (one.status === "fulfilled") one.value.close();
    this.opened.clear();
  }

  private api(member: string): Promise<ApiServer> {
    const open = this.opened.get(member) ?? this.open(member);
    this.opened.set(member, open);
    open.catch(() => this.opened.delete(member));
    return open;
  }

  private async open(member: string): Promise<ApiServer> {
    const access = this.accesses.get(member);
    if (access === undefined) throw new Error(`no member ${member}`);
    const reached = await reach(access, 5000);
    if ("found" in reached) throw new Error(`found ${reached.found}`);
    return reached.api;
  }
}

/**
 * What the truth about a federation is read from.
 *
 * @param asked connected to all members, and to the host where there is one
 */
export function readersOf(asked: Members, host: string | undefined): Readers {
  return {
    live: (member, object) => asked.live(member, object),
    applied: (member, object) => asked.applied(member, object),
    ...(host === undefined ? {} : { host: (path: string) => asked.read(host, path) }),
  };
}
