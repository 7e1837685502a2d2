import { Agent, request, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

/** The API server refused, or could not be asked. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** @param status HTTP status; 0 where no answer came. */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Whether an error says that the object is not there. */
export const isAbsent = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.status === 404;

/** Whether an error says that somebody else was faster: the object exists, or was changed since it was read. */
export const isConflict = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.status === 409;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Requests to a Kubernetes API server. Every one ends within its time, so that a cluster in trouble blocks nobody. */
export interface ApiServer {
  /**
   * Sends a request and gives the answer's JSON. Patches are strategic merge patches.
   * @param signal Ends the request early.
   * @throws ApiError
   */
  call<Answer = unknown>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer>;
  /** Local time minus the API server's, in milliseconds, to the second, as of the last answer. */
  clockSkew(): number | undefined;
}

/**
 * Connects to the cluster of a kubeconfig. The generated client knows no timeouts and hides the `Date` of answers, so
 * only credentials come from it.
 * @param timeout Milliseconds until a request counts as failed.
 */
export function connect(config: KubeConfig, timeout = 10_000): ApiServer {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new ApiError(0, "the kubeconfig has no current cluster");
  let agent: Agent | undefined;
  let skew: number | undefined;

  async function options(): Promise<RequestOptions> {
    // Read at every request: the token of a ServiceAccount is replaced every hour.
    const credentials: RequestOptions = {};
    await config.applyToHTTPSOptions(credentials);
    const { ca, cert, key, rejectUnauthorized, servername, headers } = credentials;
    const tls = { ca, cert, key, rejectUnauthorized, servername };
    const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
    agent ??= new Agent({ ...given, keepAlive: true, maxSockets: 8 });
    return { agent, ...(headers === undefined ? {} : { headers }) };
  }

  return {
    clockSkew: () => skew,
    async call<Answer>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
      const { headers, ...rest } = await options();
      return new Promise<Answer>((resolve, reject) => {
        const what = `${method} ${path}`;
        const type = method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
        const text = body === undefined ? undefined : JSON.stringify(body);
        // Node frames no body of a DELETE by itself: without its length the server would take it for the next request.
        const length = text === undefined ? {} : { "Content-Length": Buffer.byteLength(text) };
        const sent = request(
          new URL(path, cluster.server),
          {
            ...rest,
            method,
            headers: { ...headers, Accept: "application/json", "Content-Type": type, ...length },
            ...(signal === undefined ? {} : { signal }),
          },
          (response) => {
            const { date } = response.headers;
            if (date !== undefined) skew = Date.now() - Date.parse(date);
            let said = "";
            response.setEncoding("utf8");
            response.on("data", (part: string) => (said += part));
            response.once("error", (error) => reject(new ApiError(0, `${what}: ${error.message}`)));
            response.once("end", () => {
              clearTimeout(timer);
              const status = response.statusCode ?? 0;
              if (status < 300) resolve(parsed(said) as Answer);
              else reject(new ApiError(status, `${what}: ${status} ${messageOf(said)}`));
            });
          },
        );
        const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout} ms`)), timeout);
        sent.once("error", (error) => {
          clearTimeout(timer);
          // A new one reads the authorities again, which a cluster may have replaced. One that was ended says nothing of
          // that, and the connections of the others stay.
          if (signal?.aborted !== true) {
            agent?.destroy();
            agent = undefined;
          }
          reject(new ApiError(0, `${what}: ${error.message}`));
        });
        sent.end(text);
      });
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function messageOf(text: string): string {
  const status = parsed(text) as { message?: string } | undefined;
  return status?.message ?? text.slice(0, 200);
}
