/** Requests to the API server that show its whole answer: the typed client hides the warnings. */
import { Agent, request } from "node:https";
import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";

/** An answer of the API server. */
export interface Reply {
  /** HTTP status code. */
  readonly code: number;
  /** The `Warning` headers' texts, such as those of Pod Security and of deprecated fields. */
  readonly warnings: readonly string[];
  /** What was refused and why; empty where the request was accepted. */
  readonly message: string;
  readonly body: unknown;
}

const agents = new WeakMap<KubeConfig, Agent>();

/** Connections are kept: a thousand requests would spend their time on handshakes. They hold up no process's end. */
async function agentOf(config: KubeConfig): Promise<Agent> {
  const tls: { ca?: string | Buffer; cert?: string | Buffer; key?: string | Buffer } = {};
  await config.applyToHTTPSOptions(tls);
  const agent = agents.get(config) ?? new Agent({ ...tls, keepAlive: true, maxSockets: 16 });
  agents.set(config, agent);
  return agent;
}

/** Sends one request. */
export async function call(config: KubeConfig, method: string, path: string, body?: unknown): Promise<Reply> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error("the kubeconfig has no current cluster");
  const agent = await agentOf(config);
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const sent = request(new URL(path, cluster.server), { method, headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.once("error", reject);
      response.once("end", () => {
        const code = response.statusCode ?? 0;
        const parsed = JSON.parse(text) as { message?: string };
        resolve({
          code,
          warnings: warningTexts(response.headersDistinct["warning"] ?? []),
          message: code < 400 ? "" : (parsed.message ?? text),
          body: parsed,
        });
      });
    });
    sent.once("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** `299 - "the text"`: the form of RFC 7234 section 5.5 that the API server uses. */
function warningTexts(headers: readonly string[]): string[] {
  return headers.flatMap((header) =>
    [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replace(/\\(.)/g, "$1")),
  );
}

interface Discovered {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const discovered = new WeakMap<KubeConfig, Map<string, Promise<readonly Discovered[]>>>();

/** The kinds of a group and version, asked once. */
function resourcesOf(config: KubeConfig, group: string): Promise<readonly Discovered[]> {
  const known = discovered.get(config) ?? new Map<string, Promise<readonly Discovered[]>>();
  discovered.set(config, known);
  const asked =
    known.get(group) ??
    call(config, "GET", group).then(({ body }) => (body as { resources?: readonly Discovered[] }).resources ?? []);
  known.set(group, asked);
  return asked;
}

/** Where objects of this one's kind are created, by the API server's discovery. */
export async function collectionPath(config: KubeConfig, object: KubernetesObject): Promise<string> {
  const { apiVersion = "v1", kind = "" } = object;
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const resources = await resourcesOf(config, group);
  const resource = resources.find(({ name, kind: served }) => served === kind && !name.includes("/"));
  if (!resource) throw new Error(`the API server does not know ${apiVersion} ${kind}`);
  const namespace = resource.namespaced ? `/namespaces/${object.metadata?.namespace ?? "default"}` : "";
  return `${group}${namespace}/${resource.name}`;
}
