import type { Answer, ApiServer } from "../../lib/deploy/api-server";
import { reach } from "../../lib/deploy/reach";
import { failoverApi } from "../../lib/recovery/failover/kind";
import type { FailoverObject } from "../../lib/recovery/failover/object";
import { CommandError } from "../errors";

/** Which failover is meant, and in which cluster. */
export interface PlaceOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** A failover, and the API server that keeps it; close that in the end. */
export interface Found {
  readonly api: ApiServer;
  readonly object: FailoverObject;
  /** Its path there. */
  readonly path: string;
  /** The name by which the API server knows whoever asks. */
  readonly user: string;
}

/**
 * Finds a failover: the one of that name, or the only one that there is.
 * @throws CommandError where there is none, where there are several, or where the cluster knows no such kind.
 */
export async function findFailover(name: string | undefined, options: PlaceOptions): Promise<Found> {
  const { kubeconfig, context, namespace } = options;
  const reached = await reach({ name: "witness", kubeconfig, context }, 5_000);
  if ("found" in reached) throw new CommandError(`found ${reached.found}`, reached.fix);
  const { api, user } = reached;
  try {
    const object = chosen(await listed(api, namespace), name, namespace);
    const { metadata } = object;
    return { api, object, user, path: pathOf(metadata.namespace ?? "", metadata.name) };
  } catch (thrown) {
    api.close();
    throw thrown;
  }
}

const pathOf = (namespace: string, name: string): string =>
  `/apis/${failoverApi}/namespaces/${namespace}/failovers/${encodeURIComponent(name)}`;

function chosen(
  all: readonly FailoverObject[],
  name: string | undefined,
  namespace: string | undefined,
): FailoverObject {
  const named = all.filter(({ metadata }) => name === undefined || metadata.name === name);
  const [object, ...others] = named;
  if (object === undefined) {
    const there = all.length === 0 ? "none" : all.map(nameOf).join(", ");
    throw new CommandError(
      `found no failover${name === undefined ? "" : ` ${name}`}${namespace === undefined ? "" : ` in ${namespace}`}; there is ${there}`,
      "name the witness's cluster with --context or --kubeconfig: failovers are declared there",
    );
  }
  if (others.length > 0) {
    throw new CommandError(`found ${named.map(nameOf).join(", ")}`, "say which is meant: its name, and --namespace");
  }
  return object;
}

async function listed(api: ApiServer, namespace: string | undefined): Promise<readonly FailoverObject[]> {
  const within = namespace === undefined ? "" : `/namespaces/${namespace}`;
  const answer = await api.get(`/apis/${failoverApi}${within}/failovers`);
  if (answer.status === 404) {
    throw new CommandError(
      "found a cluster that knows no kind Failover",
      "name the witness's cluster with --context or --kubeconfig: failovers are declared there",
    );
  }
  return (bodyOf(answer) as { readonly items: readonly FailoverObject[] }).items;
}

/** What was asked for. @throws CommandError with the API server's own words where it was refused */
export function bodyOf({ status, body }: Answer): unknown {
  if (status < 300) return body;
  const said = (body as { readonly message?: string } | null)?.message ?? `HTTP ${status}`;
  throw new CommandError(`the API server refuses it: ${said}`, "use your own credentials, with an approver's rights");
}

const nameOf = ({ metadata: { name, namespace } }: FailoverObject): string => `${namespace ?? ""}/${name}`;
