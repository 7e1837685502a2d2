import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Authority } from "../status/authorities";
import type { Condition, NodeStatus } from "../status/document";

/** What Prometheus reads from an agent. */
export interface AgentMetrics {
  /** The text that a scrape gets. */
  text(): Promise<string>;
  readonly contentType: string;
  leads(now: boolean): void;
  /** Replaces all that was said of nodes before. */
  nodes(nodes: readonly NodeStatus[]): void;
  /** End of the own identity's certificates, in milliseconds since 1970. */
  ownCertificate(kind: "enrolment" | "tls", notAfter: number): void;
  /** Ends of the authorities in use. Replaces all that was said of them before. */
  authorities(authorities: readonly Authority[]): void;
  conditions(conditions: readonly Condition[]): void;
  restarts(pod: string, count: number): void;
  /** A pod was taken out of its Services. */
  takenOut(pod: string): void;
  /** A pod was evicted so that it renews its certificates. */
  restarted(pod: string): void;
}

const prefix = "fabric_topologies";

/** A registry of its own, so that tests may make several. */
export function agentMetrics(organisation: string, pod: string): AgentMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ organisation });
  collectDefaultMetrics({ register: registry, prefix: `${prefix}_agent_` });
  const registers = [registry];
  const ends = new Map<string, { readonly pod: string; readonly kind: string; readonly notAfter: number }>();
  const leading = new Gauge({ name: `${prefix}_agent_leads`, help: "1 on the agent that acts.", registers });
  const heights = new Gauge({
    name: `${prefix}_height`,
    help: "Blocks of a channel on a node.",
    labelNames: ["channel", "pod", "role"],
    registers,
  });
  const reachable = new Gauge({
    name: `${prefix}_node_reachable`,
    help: "1 while the agent gets an answer from a node.",
    labelNames: ["pod", "role"],
    registers,
  });
  const raftLeads = new Gauge({
    name: `${prefix}_raft_leads`,
    help: "1 for the ordering node that leads a channel.",
    labelNames: ["channel", "pod"],
    registers,
  });
  new Gauge({
    name: `${prefix}_certificate_seconds_left`,
    help: "Seconds until a certificate ends; negative afterwards.",
    labelNames: ["pod", "kind"],
    registers,
    // When scraped, not when seen: what is left shrinks in between.
    collect() {
      this.reset();
      for (const { notAfter, ...labels } of ends.values()) this.set(labels, (notAfter - Date.now()) / 1000);
    },
  });
  const state = new Gauge({
    name: `${prefix}_condition`,
    help: "1 if a condition is True, 0 if it is False, -1 if it is not known.",
    labelNames: ["type", "object"],
    registers,
  });
  const podRestarts = new Gauge({
    name: `${prefix}_pod_restarts`,
    help: "Restarts of a pod's containers.",
    labelNames: ["pod"],
    registers,
  });
  const silent = new Counter({
    name: `${prefix}_watchdog_actions_total`,
    help: "Times that a silent pod was taken out of its Services.",
    labelNames: ["pod"],
    registers,
  });
  const renewed = new Counter({
    name: `${prefix}_renewal_restarts_total`,
    help: "Pods evicted so that they renew their certificates.",
    labelNames: ["pod"],
    registers,
  });
  leading.set(0);

  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    leads: (now) => leading.set(now ? 1 : 0),
    nodes(nodes) {
      for (const gauge of [heights, reachable, raftLeads]) gauge.reset();
      for (const key of ends.keys()) if (key.startsWith("node ")) ends.delete(key);
      for (const { pod: of, role, channels, leads, certificate, unreachable } of nodes) {
        reachable.set({ pod: of, role }, unreachable === undefined ? 1 : 0);
        for (const { channel, height } of channels) heights.set({ channel, pod: of, role }, height);
        for (const channel of leads ?? []) raftLeads.set({ channel, pod: of }, 1);
        if (certificate !== undefined)
          ends.set(`node ${of}`, { pod: of, kind: "tls", notAfter: Date.parse(certificate.notAfter) });
      }
    },
    authorities(authorities) {
      for (const key of ends.keys()) if (key.startsWith("authority ")) ends.delete(key);
      for (const { name, notAfter } of authorities)
        ends.set(`authority ${name}`, { pod: name, kind: "authority", notAfter });
    },
    ownCertificate: (kind, notAfter) => void ends.set(`own ${kind}`, { pod, kind, notAfter }),
    conditions(conditions) {
      state.reset();
      for (const { type, object, status } of conditions)
        state.set({ type, object }, status === "True" ? 1 : status === "False" ? 0 : -1);
    },
    restarts: (of, count) => podRestarts.set({ pod: of }, count),
    takenOut: (of) => silent.inc({ pod: of }),
    restarted: (of) => renewed.inc({ pod: of }),
  };
}
