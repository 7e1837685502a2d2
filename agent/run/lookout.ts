import { ports } from "../../lib/fabric/ports";
import { portAt } from "../fabric/reach";
import type { ApiServer } from "../kubernetes/api-server";
import { roleLabel } from "../kubernetes/labels";
import { holds, type ListOf, type Pod, pathOf } from "../kubernetes/objects";
import type { CertificateDates } from "../renewal/view";
import { type Door, knock } from "../watch/dial";
import type { Watched } from "../watch/watchdog";
import type { KnownNode } from "./known-nodes";

/** Milliseconds that a knock may take; three of them fit into the time in which a silent node is to be noticed. */
const knockTimeout = 1500;

/** What came of the last knocks on a node. */
export interface NodeSight {
  readonly there: boolean;
  readonly why?: string;
  /** Of the certificate that it showed last, if it is still the pod that showed it. */
  readonly certificate?: CertificateDates;
}

/** Ports with certificates of pods that are no nodes of the network, by their role. */
const otherDoors: Readonly<Record<string, number>> = {
  ca: ports.certificateAuthority.https,
  chaincode: ports.chaincode.grpc,
};

/** The own pods, and whether the nodes of the network answer: looked at every two seconds, by every agent. */
export class Lookout {
  pods: ReadonlyMap<string, Pod> = new Map();
  private readonly seen = new Map<string, NodeSight & { readonly pod: string | undefined }>();
  private readonly others = new Map<
    string,
    { readonly uid: string; readonly at: number; readonly dates: CertificateDates }
  >();

  constructor(
    private readonly api: ApiServer,
    private readonly namespace: string,
    private readonly client: () => Door["client"],
  ) {}

  /** Lists the own pods and knocks on all nodes at once. @throws ApiError where the pods cannot be listed. */
  async look(nodes: readonly KnownNode[], now: number): Promise<void> {
    // From the API server's memory: cheap enough for every two seconds.
    const path = `${pathOf("pods", this.namespace)}?resourceVersion=0`;
    let failure: Error | undefined;
    try {
      const { items } = await this.api.call<ListOf<Pod>>("GET", path);
      this.pods = new Map(items.map((pod) => [pod.metadata.name, pod]));
    } catch (thrown) {
      failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    const client = this.client();
    await Promise.all([
      ...nodes.map((known) => this.knockOn(known, client)),
      ...[...this.pods.values()].map((pod) => this.knockOnOther(pod, now, client)),
    ]);
    // Said last: who answers is known all the same.
    if (failure !== undefined) throw failure;
  }

  /** What is known of a node; undefined before the first look. */
  sight(known: KnownNode): NodeSight | undefined {
    return this.seen.get(known.node.host);
  }

  /** Dates of the certificate of a pod that is no node, if it serves one. */
  dates(pod: Pod): CertificateDates | undefined {
    const found = this.others.get(pod.metadata.name);
    return found?.uid === pod.metadata.uid ? found?.dates : undefined;
  }

  watched(nodes: readonly KnownNode[]): readonly Watched[] {
    return nodes.flatMap((known) => {
      const sight = this.sight(known);
      if (sight === undefined) return [];
      const pod = known.own ? this.pods.get(known.node.pod) : undefined;
      const counted = pod !== undefined && runs(pod) && holds(pod, "Ready");
      return [{ id: known.node.host, own: known.own, counted, there: sight.there }];
    });
  }

  private async knockOn(known: KnownNode, client: Door["client"]): Promise<void> {
    const { host: name, pod: podName } = known.node;
    const pod = known.own ? this.pods.get(podName) : undefined;
    const host = known.own ? pod?.status?.podIP : name;
    const outcome =
      host === undefined
        ? { there: false as const, why: pod === undefined ? "there is no such pod" : "its pod has no address yet" }
        : await knock(
            { host, port: portAt(known.node, host), serverName: name, ...(client === undefined ? {} : { client }) },
            knockTimeout,
          );
    const uid = pod?.metadata.uid;
    const before = this.seen.get(name);
    const certificate = outcome.there
      ? { notBefore: Date.parse(outcome.certificate.validFrom), notAfter: Date.parse(outcome.certificate.validTo) }
      : before?.pod === uid
        ? before?.certificate
        : undefined;
    this.seen.set(name, {
      there: outcome.there,
      pod: uid,
      ...(outcome.there ? {} : { why: outcome.why }),
      ...(certificate === undefined ? {} : { certificate }),
    });
  }

  /** Once a minute is enough for what only dates are wanted of. */
  private async knockOnOther(pod: Pod, now: number, client: Door["client"]): Promise<void> {
    const { name, uid = "", labels = {} } = pod.metadata;
    const port = otherDoors[labels[roleLabel] ?? ""];
    const host = pod.status?.podIP;
    const before = this.others.get(name);
    if (port === undefined || host === undefined || !runs(pod)) return;
    if (before?.uid === uid && now - before.at < 60_000) return;
    const outcome = await knock(
      { host, port, serverName: name, anybody: true, ...(client === undefined ? {} : { client }) },
      knockTimeout,
    );
    if (!outcome.there) return;
    const { validFrom, validTo } = outcome.certificate;
    this.others.set(name, { uid, at: now, dates: { notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) } });
  }
}

/** Whether a pod runs and is to go on running. */
export const runs = (pod: Pod): boolean =>
  pod.status?.phase === "Running" && pod.metadata.deletionTimestamp === undefined;

/** When the last of a pod's containers was started, in milliseconds since 1970; undefined while one does not run. */
export function startedAt(pod: Pod): number | undefined {
  const starts = (pod.status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.running?.startedAt ?? ""));
  return starts.length === 0 || starts.some(Number.isNaN) ? undefined : Math.max(...starts);
}
