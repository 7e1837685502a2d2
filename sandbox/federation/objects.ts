/** Brings the objects that an engine works with into its host. */
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import {
  ApiextensionsV1Api,
  type KubeConfig,
  type KubernetesObject,
  type V1CustomResourceDefinition,
} from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import type { Access } from "../controlplane/kubeconfig";
import { until } from "../controlplane/readiness";

/** The objects of a YAML file; `change` sees its text first. */
export async function objectsOf(
  file: string,
  change: (text: string) => string = (text) => text,
): Promise<KubernetesObject[]> {
  const documents = parseAllDocuments(change(await readFile(file, "utf8")));
  return documents.map((document) => document.toJS() as KubernetesObject | null).filter((object) => object !== null);
}

/**
 * Makes objects, all at once and as they stand: the typed client would leave out what its types call otherwise, such as
 * the `x-kubernetes-…` fields of schemas.
 */
export async function createAll({ server, ...tls }: Access, objects: readonly KubernetesObject[]): Promise<void> {
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 8 });
  try {
    await Promise.all(objects.map((object) => create(new URL(collectionOf(object), server), agent, object)));
  } finally {
    agent.destroy();
  }
}

/** Where objects of a kind are made. Plurals are regular for every kind that an engine brings. */
function collectionOf({ apiVersion = "", kind = "", metadata }: KubernetesObject): string {
  const root = apiVersion.includes("/") ? "/apis" : "/api";
  const namespace = metadata?.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${root}/${apiVersion}${namespace}/${kind.toLowerCase()}s`;
}

const create = (url: URL, agent: Agent, object: KubernetesObject): Promise<void> =>
  new Promise((resolve, reject) => {
    const what = `${object.kind} ${object.metadata?.name}`;
    const headers = { "Content-Type": "application/json" };
    const call = request(url, { method: "POST", agent, headers, timeout: 30_000 }, (response) => {
      let said = "";
      response.setEncoding("utf8").on("data", (text: string) => (said += text));
      response.once("end", () => {
        if (response.statusCode === 201) resolve();
        else reject(new Error(`${what} cannot be made: ${response.statusCode} ${said.slice(0, 1_000)}`));
      });
    });
    call.once("timeout", () => call.destroy(new Error(`${what}: no answer`)));
    call.once("error", reject);
    call.end(JSON.stringify(object));
  });

/** Makes definitions and waits until the API server serves all of them. */
export async function define(
  config: KubeConfig,
  access: Access,
  definitions: readonly KubernetesObject[],
  alive: () => Promise<void>,
): Promise<void> {
  await createAll(access, definitions);
  const api = config.makeApiClient(ApiextensionsV1Api);
  await until(
    `${definitions.length} kinds of the federation are served`,
    async () => {
      const { items } = await api.listCustomResourceDefinition();
      return items.filter(isEstablished).length >= definitions.length;
    },
    { seconds: 60, alive },
  );
}

const isEstablished = ({ status }: V1CustomResourceDefinition): boolean =>
  status?.conditions?.some((condition) => condition.type === "Established" && condition.status === "True") ?? false;
