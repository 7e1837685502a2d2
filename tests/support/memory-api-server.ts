import { ApiError, type ApiServer, type Method } from "../../agent/kubernetes/api-server";

interface Stored {
  metadata: { name: string; resourceVersion?: string } & Record<string, unknown>;
  [field: string]: unknown;
}

/**
 * As much of an API server as agents use: objects by path, refusals of what exists and of what was changed meanwhile,
 * merge patches. For tests whose subject is not the API server.
 */
export class MemoryApiServer implements ApiServer {
  private readonly objects = new Map<string, Stored>();
  private version = 0;
  /** What was asked, in order: `POST /api/v1/namespaces/ns/pods`. */
  readonly calls: string[] = [];
  /** Told before every call; may throw or wait, as a server in trouble would. */
  before: (method: Method, path: string) => Promise<void> | void = () => undefined;

  put(path: string, object: object): void {
    const name = path.split("/").at(-1) ?? "";
    const { metadata = {}, ...rest } = structuredClone(object) as Partial<Stored>;
    this.store(path, { ...rest, metadata: { ...metadata, name } });
  }

  get<T = Stored>(path: string): T | undefined {
    return structuredClone(this.objects.get(path)) as T | undefined;
  }

  remove(path: string): void {
    this.objects.delete(path);
  }

  clockSkew(): number | undefined {
    return 0;
  }

  async call<Answer>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
    this.calls.push(`${method} ${path}`);
    let stop = (): void => undefined;
    const ended = new Promise<void>((resolve) => (stop = resolve));
    signal?.addEventListener("abort", stop);
    await Promise.race([this.before(method, path), ended]);
    signal?.removeEventListener("abort", stop);
    if (signal?.aborted === true) throw new ApiError(0, `${path}: ended`);
    path = path.replace(/\?.*$/, "");
    const given = structuredClone(body) as Stored;
    if (method === "POST") {
      const target = path.endsWith("/eviction") ? path : `${path}/${given.metadata.name}`;
      if (this.objects.has(target)) throw new ApiError(409, `${target} already exists`);
      return this.store(target, given) as Answer;
    }
    const target = method === "PATCH" ? path.replace(/\/status$/, "") : path;
    const found = this.objects.get(target);
    if (found === undefined) {
      const items = [...this.objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, object]) => object);
      if (method === "GET" && /\/(pods|configmaps)$/.test(path)) return structuredClone({ items }) as Answer;
      throw new ApiError(404, `${path} not found`);
    }
    if (method === "GET") return structuredClone(found) as Answer;
    if (method === "PATCH") return this.store(target, merged(found, given) as Stored) as Answer;
    const expected = given.metadata.resourceVersion;
    if (expected !== undefined && expected !== found.metadata.resourceVersion)
      throw new ApiError(409, `${target} has been modified`);
    return this.store(target, given) as Answer;
  }

  private store(path: string, object: Stored): Stored {
    this.version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    this.objects.set(path, stored);
    return structuredClone(stored);
  }
}

/** Lists of conditions merge by type, as the schema of pods says. */
function merged(old: unknown, change: unknown): unknown {
  if (Array.isArray(old) && Array.isArray(change)) {
    const byType = new Map([...(old as { type: string }[]), ...(change as { type: string }[])].map((c) => [c.type, c]));
    return [...byType.values()];
  }
  if (typeof old !== "object" || old === null || typeof change !== "object" || change === null) return change;
  const fields = { ...(old as Record<string, unknown>) };
  for (const [key, value] of Object.entries(change)) fields[key] = merged(fields[key], value);
  return fields;
}
