/** Karmada on a federation's host: its kinds, its webhook, its controllers and its scheduler. */
import { readdir, readFile } from "node:fs/promises";
import * as path from "node:path";
import { loadConfig } from "../controlplane/client";
import type { Cluster } from "../controlplane/cluster";
import { flags } from "../controlplane/commands";
import { freePorts } from "../controlplane/ports";
import { readAccess } from "../controlplane/kubeconfig";
import { isReady, until } from "../controlplane/readiness";
import { looseKind } from "./loose-kind";
import { createAll, define, objectsOf } from "./objects";

/** How Karmada is run. */
export interface EngineOptions {
  /** Folder of its Go module. */
  readonly module: string;
  /** Notice a lost member in four seconds in place of forty. */
  readonly fast: boolean;
  /** Let it move what a lost member ran, where a policy allows that. */
  readonly failover: boolean;
}

/** Karmada's own Service, in the place of which its webhook is reached where it runs here. */
const webhookService = "https://karmada-webhook.karmada-system.svc:443";

/** `--cluster-*`: how soon a member is Ready=False after its loss, and Ready again. */
const fastHealth = {
  "cluster-status-update-frequency": "1s",
  "cluster-failure-threshold": "3s",
  "cluster-success-threshold": "2s",
  "cluster-monitor-period": "1s",
  "cluster-monitor-grace-period": "5s",
  "rate-limiter-max-delay": "2s",
};

/** Starts Karmada and waits until it takes members and policies. Errors: a program ends by itself, or takes too long. */
export async function startKarmada(host: Cluster, { module, fast, failover }: EngineOptions): Promise<void> {
  const config = loadConfig(host.plan.folder.kubeconfig);
  const { kubeconfig, webhook } = host.credentials.engine;
  const access = readAccess(host.plan.folder.kubeconfig);
  await define(config, access, [...(await ownKinds(module)), clusterKind], host.alive);
  const namespaces = ["karmada-system", "karmada-cluster"].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  await createAll(access, namespaces);

  const [webhookPort = 0, managerPort = 0, schedulerPort = 0] = await freePorts(3);
  const { hostname } = new URL(host.server);
  const common = { kubeconfig, "metrics-bind-address": 0, "kube-api-qps": 200, "kube-api-burst": 400 };
  await host.run({
    program: "karmada-webhook",
    arguments: flags({
      ...common,
      "bind-address": hostname,
      "secure-port": webhookPort,
      "health-probe-bind-address": 0,
      "cert-dir": path.dirname(webhook.certificate),
      ...(failover ? { "allow-no-execute-taint-policy": true } : {}),
    }),
  });
  const url = `https://${hostname}:${webhookPort}`;
  await until("Karmada's webhook ready", () => isReady({ ...access, server: url }, "/readyz/"), {
    seconds: 60,
    alive: host.alive,
  });
  const authority = (await readFile(host.credentials.authority)).toString("base64");
  const configurations = await objectsOf(path.join(module, "artifacts/deploy/webhook-configuration.yaml"), (text) =>
    text.replaceAll(webhookService, url).replaceAll("{{caBundle}}", authority),
  );
  await createAll(access, configurations);

  const running = (port: number) => ({
    ...common,
    "leader-elect": false,
    "health-probe-bind-address": `127.0.0.1:${port}`,
  });
  await host.run({
    program: "karmada-controller-manager",
    arguments: flags({
      ...running(managerPort),
      ...(fast ? fastHealth : {}),
      ...(failover
        ? { "feature-gates": "Failover=true", "enable-no-execute-taint-eviction": true, "resource-eviction-rate": 10 }
        : {}),
    }),
  });
  await host.run({ program: "karmada-scheduler", arguments: flags(running(schedulerPort)) });
  for (const [name, port] of [
    ["controllers", managerPort],
    ["scheduler", schedulerPort],
  ] as const) {
    await until(`Karmada's ${name} ready`, () => answers(port), { seconds: 60, alive: host.alive });
  }
}

/** The kinds that Karmada's chart brings; their conversion is for objects of versions older than any here. */
async function ownKinds(module: string) {
  const folder = path.join(module, "charts/karmada/_crds/bases");
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".yaml")).sort();
  return (await Promise.all(files.map((file) => objectsOf(path.join(folder, file))))).flat();
}

/**
 * Members. In production an API server of its own serves this kind, aggregated, which adds defaults, validation and a
 * proxy; nothing here needs them.
 */
const clusterKind = looseKind({
  group: "cluster.karmada.io",
  version: "v1alpha1",
  scope: "Cluster",
  kind: "Cluster",
  plural: "clusters",
});

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
