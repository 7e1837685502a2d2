/** What stands on the members of a federation, whoever brought it there. */
import type { KubeConfig } from "@kubernetes/client-node";
import { networkLabel, objectKey, type KubeObject, type SiteManifests } from "../../../lib/constructs/manifests";
import { loadConfig } from "../../../sandbox/controlplane/client";
import { call, collectionPath } from "./request";

/** An object of a cluster, as far as it is looked at here. */
export interface Found extends Readonly<Record<string, unknown>> {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

export const configOf = (kubeconfig: string): KubeConfig => loadConfig(kubeconfig);

/** The site's objects as the member has them, by key. */
export async function standing(
  config: KubeConfig,
  { objects }: Pick<SiteManifests, "objects">,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  await Promise.all(
    objects.map(async (object) => {
      const { code, body } = await call(
        config,
        "GET",
        `${await collectionPath(config, object)}/${object.metadata.name}`,
      );
      if (code === 200) found.set(objectKey(object), body as Found);
      else if (code !== 404) throw new Error(`${objectKey(object)}: ${code} ${JSON.stringify(body)}`);
    }),
  );
  return found;
}

/** Keys of everything in a cluster that is the network's, of the kinds of some objects. */
export async function allOf(config: KubeConfig, network: string, kinds: readonly KubeObject[]): Promise<string[]> {
  const keys = new Set<string>();
  for (const object of new Map(kinds.map((one) => [`${one.apiVersion}/${one.kind}`, one])).values()) {
    const { body } = await call(
      config,
      "GET",
      `${await collectionPath(config, object)}?labelSelector=${networkLabel}=${network}`,
    );
    for (const item of (body as { items: readonly KubeObject[] }).items)
      keys.add(objectKey({ ...item, kind: object.kind }));
  }
  return [...keys].sort();
}

/**
 * What a member's API server makes of an object of its site, were it given it by a person: every default filled in. An
 * object that an engine brought must be this, whichever engine.
 */
export async function asGivenDirectly(config: KubeConfig, object: KubeObject): Promise<unknown> {
  const named = { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-asked` } };
  const { code, body, message } = await call(
    config,
    "POST",
    `${await collectionPath(config, object)}?dryRun=All`,
    named,
  );
  if (code !== 201) throw new Error(`${objectKey(object)}: ${code} ${message}`);
  return meaning(body as Found);
}

/** An object without what each API server, controller or engine makes up for itself. */
export function meaning({ metadata, ...found }: Found): unknown {
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !marks.test(key));
  const job = found["kind"] === "Job";
  const fields = JSON.stringify(found, (key, value: unknown) =>
    made.has(key) || (job && key === "selector") ? undefined : value,
  );
  return { labels: Object.fromEntries(labels.sort()), ...(JSON.parse(fields) as object) };
}

/** Labels by which engines know their own, and the API server namespaces. */
const marks = /karmada\.io\/|kubefed\.io\/|^kubernetes\.io\/metadata\.name$/;

/** Addresses and names that are given out one by one; the volume of a claim; labels by which a Job knows its pods. */
const made: ReadonlySet<string> = new Set([
  ...["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"],
  ...["apiVersion", "secrets", "status", "uid", "volumeName"],
]);
