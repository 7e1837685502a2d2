import { readFileSync, writeFileSync } from "node:fs";
import type { SiteManifests } from "../../../lib/constructs/manifests";
import { ApiServer } from "../../../lib/deploy/api-server";
import { readKubeconfig } from "../../../lib/deploy/kubeconfig";
import { inspect, type LiveObject } from "../../../lib/deploy/live";

/** Connects to a cluster as lib/deploy does. */
export async function connect(kubeconfig: string): Promise<ApiServer> {
  const config = readKubeconfig({ name: "test", kubeconfig });
  if ("found" in config) throw new Error(config.found);
  return ApiServer.open(config, 10_000);
}

/** What the cluster has of the desired objects, by key. */
export async function live(api: ApiServer, { objects }: SiteManifests): Promise<ReadonlyMap<string, LiveObject>> {
  const inspected = await inspect(api, objects, { force: true });
  return new Map(inspected.flatMap((one) => (one.live === undefined ? [] : [[one.key, one.live] as const])));
}

/** The uid of each object, by key. */
export async function uids(api: ApiServer, manifests: SiteManifests): Promise<Readonly<Record<string, unknown>>> {
  const found = await live(api, manifests);
  return Object.fromEntries([...found].map(([key, { metadata }]) => [key, (metadata as { uid?: string }).uid]));
}

/** Sets the data of a ConfigMap as somebody else would: another field manager, no questions. */
export async function applyAs(
  api: ApiServer,
  manager: string,
  path: string,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: path.split("/").at(-1) }, data };
  const { status, body } = await api.apply(`${path}?fieldManager=${manager}&force=true`, object);
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** Writes a copy of a kubeconfig with another address, and gives its path. */
export function withServer(kubeconfig: string, server: string, copy: string): string {
  const text = readFileSync(kubeconfig, "utf8").replace(/https:\/\/127\.0\.0\.1:\d+/, server);
  writeFileSync(copy, text);
  return copy;
}
