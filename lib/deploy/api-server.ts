import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** What the API server answered. */
export interface Answer {
  readonly status: number;
  /** The body, parsed; an object of kind Status where the request was refused. */
  readonly body: unknown;
}

/** No answer came in time: the address may lead to nothing that speaks the protocol, or to a server that hangs. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** As many requests at once as a small API server takes without slowing everybody else down. */
const parallel = 16;

/**
 * Asks an API server, each request once (again only where an idle connection was ended meanwhile) and within a time limit.
 *
 * The generated client of @kubernetes/client-node has no limit that covers a hanging TLS handshake, and hides whether a
 * dry run found an object or would make it; its reading of kubeconfigs and credentials is used.
 */
export class ApiServer {
  private constructor(
    /** The address in the kubeconfig. */
    readonly address: string,
    private readonly options: RequestOptions,
    private readonly timeoutMs: number,
  ) {}

  /** @throws Error where credentials cannot be had, such as from a credential plugin that fails */
  static async open(config: KubeConfig, timeoutMs: number): Promise<ApiServer> {
    const address = config.getCurrentCluster()?.server ?? "";
    const options: RequestOptions & { agent?: unknown } = {};
    await config.applyToHTTPSOptions(options as Parameters<KubeConfig["applyToHTTPSOptions"]>[0]);
    // The agent made above opens a connection per request. One through a proxy is left as it is.
    const { agent } = options;
    if (agent instanceof HttpsAgent && agent.constructor === HttpsAgent) {
      options.agent = new HttpsAgent({ ...agent.options, keepAlive: true, maxSockets: parallel });
    } else if (agent instanceof HttpAgent && agent.constructor === HttpAgent) {
      options.agent = new HttpAgent({ keepAlive: true, maxSockets: parallel });
    }
    return new ApiServer(address, options, timeoutMs);
  }

  get(path: string): Promise<Answer> {
    return this.send("GET", path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.send("POST", path, body, "application/json");
  }

  /** Replaces an object that stands as it was read; 409 where it does not, as where the same was sent twice. */
  put(path: string, body: unknown): Promise<Answer> {
    return this.send("PUT", path, body, "application/json");
  }

  /** Server-side apply (Kubernetes API concepts, "Server-Side Apply"); JSON is YAML too. */
  apply(path: string, body: unknown): Promise<Answer> {
    return this.send("PATCH", path, body, "application/apply-patch+yaml");
  }

  /** Ends the connections that were kept open. */
  close(): void {
    const { agent } = this.options;
    if (typeof agent === "object") agent.destroy();
  }

  private send(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer> {
    const url = new URL(this.address.replace(/\/$/, "") + path);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...this.options.headers,
      Accept: "application/json",
      ...(contentType === undefined ? {} : { "Content-Type": contentType }),
      ...(text === undefined ? {} : { "Content-Length": Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const send = url.protocol === "http:" ? httpRequest : httpsRequest;
      const request = send(url, { ...this.options, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          clearTimeout(timer);
          const content = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: parse(content) });
        });
      });
      let timer: NodeJS.Timeout | undefined;
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      // Time in the queue for a free connection is not the server's.
      request.on("socket", () => {
        timer = setTimeout(
          () => request.destroy(new NoAnswer(`no answer within ${this.timeoutMs / 1000} s`)),
          this.timeoutMs,
        );
      });
      request.on("error", (error: NodeJS.ErrnoException) => {
        if (!(request.reusedSocket && error.code === "ECONNRESET")) return fail(error);
        // The server ended a connection that had been idle while this request was on its way (Node.js,
        // `request.reusedSocket`). Nothing that is asked here does harm twice, so it is asked on another one.
        clearTimeout(timer);
        this.send(method, path, body, contentType).then(resolve, reject);
      });
      request.end(text);
    });
  }
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
