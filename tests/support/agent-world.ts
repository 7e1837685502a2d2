import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathOf } from "../../agent/kubernetes/objects";
import { pause } from "../../agent/kubernetes/pause";
import { agentMetrics } from "../../agent/metrics/metrics";
import { type FabricWork, rhythm } from "../../agent/run/office";
import { runAgent } from "../../agent/run/run";
import { Model } from "../../agent/run/settings";
import { type AgentStatus, readStatus, statusConfigMap, statusKey } from "../../agent/status/document";
import type { Consortium } from "../../lib/fabric/consortium";
import { testOrganisation } from "../fabric/identities";
import { MemoryApiServer } from "./memory-api-server";

const namespace = "trade-amber";

/** A model of one organisation, which has no nodes. */
export const emptyModel: Consortium = {
  network: "trade",
  fabricVersion: "3.1.5",
  clusterDomain: "cluster.local",
  organisations: [{ name: "amber", mspId: "AmberMSP", namespace, peers: [], orderers: [], anchorPeers: [] }],
  channels: [],
  chaincodes: [],
};

/** A whole agent in this process, over an API server in memory and a model file that the test writes. */
export class AgentWorld {
  readonly api = new MemoryApiServer();
  /** The messages of its log. */
  readonly logged: string[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), "agent-world-"));
  private readonly end = new AbortController();
  private health = 0;
  private ended: Promise<void> = Promise.resolve();

  writeModel(text: string): void {
    writeFileSync(join(this.folder, "model.json"), text);
  }

  /** Resolves when its servers are open. */
  async start(work: Partial<FabricWork> = {}): Promise<void> {
    const { enrolment, tlsAuthority } = await testIdentity();
    const fabric: FabricWork = {
      identity: () => ({
        mspId: "AmberMSP",
        certificate: enrolment.certificate,
        sign: (digest) => Promise.resolve(digest),
        tls: { certificate: enrolment.certificate, key: enrolment.privateKey, authorities: tlsAuthority },
      }),
      reconcile: () => Promise.resolve([]),
      heights: () => Promise.resolve([]),
      ...work,
    };
    const settings = {
      organisation: "amber",
      namespace,
      pod: "agent-one",
      model: join(this.folder, "model.json"),
      identity: this.folder,
      renewBefore: 1000,
    };
    const office = {
      api: this.api,
      settings,
      model: new Model(settings),
      fabric,
      metrics: agentMetrics("amber", "agent-one"),
      log: (_: unknown, message: string) => void this.logged.push(message),
      rhythm: { ...rhythm, watch: 0.02, observe: { busy: 0.02, idle: 0.02 }, reconcile: { busy: 0.02, idle: 0.02 } },
    };
    await new Promise<void>((listening, failed) => {
      this.ended = runAgent(office, this.end.signal, {
        ports: { health: 0, metrics: 0 },
        election: { lease: 1, giveUp: 0.5, retry: 0.05, leave: 0.5 },
        listening: ({ ports }) => {
          this.health = ports.health;
          listening();
        },
      });
      this.ended.catch(failed);
    });
  }

  async ready(): Promise<{ readonly status: number; readonly body: string }> {
    const answer = await fetch(`http://localhost:${this.health}/readyz`);
    return { status: answer.status, body: await answer.text() };
  }

  said(): AgentStatus | undefined {
    const map = this.api.get<{ readonly data?: Record<string, string> }>(
      pathOf("configmaps", namespace, statusConfigMap),
    );
    return readStatus(map?.data?.[statusKey] ?? "");
  }

  /** Ends it as Kubernetes does. @throws what ended it before. */
  async stop(): Promise<void> {
    this.end.abort();
    await this.ended.finally(() => rmSync(this.folder, { recursive: true, force: true }));
  }
}

async function testIdentity() {
  const organisation = await testOrganisation();
  return { enrolment: await organisation.tlsPair("agent", ["agent"]), tlsAuthority: organisation.tlsAuthority };
}

/** Awaits something that an agent does. @throws Error that names it, after ten seconds. */
export async function happens(what: string, seen: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await seen())) {
    if (performance.now() > deadline) throw new Error(`it did not happen within 10 s: ${what}`);
    await pause(20);
  }
}
