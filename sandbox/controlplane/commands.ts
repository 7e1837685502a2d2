/** The command line of each program of the control plane: on loopback, or for real nodes on their bridge. No root needed. */
import * as path from "node:path";
import type { NodeKind, StateFolder } from "../state";
import type { ProgramName } from "../toolchain";
import { managedNodes } from "../simulation/labels";
import { realMonitorGraceSeconds } from "../nodes/timing";
import { leaseSeconds, monitorGraceSeconds, monitorPeriodSeconds } from "../simulation/timing";
import { serviceRange, type Credentials, type StoreCredentials } from "./credentials";

/** The store of one sandbox, chosen when it starts: its ports of loopback, and its credentials. */
export interface Store {
  readonly client: number;
  readonly peer: number;
  readonly credentials: StoreCredentials;
}

/** One child process: which program, and its arguments. */
export interface Command {
  readonly program: ProgramName;
  readonly arguments: readonly string[];
  /** It ends when it loses touch with the API server, and is started again. */
  readonly restart?: boolean;
}

/** Turns `{"secure-port": 0}` into `--secure-port=0`. */
export const flags = (values: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** The store. Its data is thrown away with the sandbox, so it never waits for the disk. */
export function etcd(folder: StateFolder, store: Store): Command {
  const client = `https://127.0.0.1:${store.client}`;
  const peer = `https://127.0.0.1:${store.peer}`;
  const { credentials } = store;
  return {
    program: "etcd",
    arguments: flags({
      name: "sandbox",
      "data-dir": folder.etcd,
      "listen-client-urls": client,
      "advertise-client-urls": client,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `sandbox=${peer}`,
      "client-cert-auth": true,
      "trusted-ca-file": credentials.authority,
      "cert-file": credentials.server.certificate,
      "key-file": credentials.server.key,
      "peer-client-cert-auth": true,
      "peer-trusted-ca-file": credentials.authority,
      "peer-cert-file": credentials.server.certificate,
      "peer-key-file": credentials.server.key,
      "unsafe-no-fsync": true,
      "log-level": "warn",
    }),
  };
}

/** Where an API server listens and keeps its objects. */
export interface ApiServerPlace {
  /** For real nodes on their bridge. */
  readonly address: string;
  readonly port: number;
  readonly store: Store;
  /** What its keys in the store begin with: several share one. */
  readonly prefix: string;
}

/** The API server. Pod Security admission is among its default admission plug-ins. */
export function apiServer(kind: NodeKind, place: ApiServerPlace, credentials: Credentials): Command {
  const { address, port, store, prefix } = place;
  return {
    program: "kube-apiserver",
    arguments: flags({
      "etcd-servers": `https://127.0.0.1:${store.client}`,
      "etcd-prefix": prefix,
      "etcd-cafile": store.credentials.authority,
      "etcd-certfile": store.credentials.client.certificate,
      "etcd-keyfile": store.credentials.client.key,
      "secure-port": port,
      "bind-address": address,
      "advertise-address": address,
      ...(kind === "real" ? forRealNodes(credentials) : withoutNodes),
      "service-cluster-ip-range": serviceRange,
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": credentials.tokenPublicKey,
      "service-account-signing-key-file": credentials.tokenPrivateKey,
      "authorization-mode": "Node,RBAC",
      "anonymous-auth": false,
      // As on every real cluster: it is Pod Security that refuses a privileged pod, namespace by namespace.
      "allow-privileged": true,
      "client-ca-file": credentials.authority,
      "tls-cert-file": credentials.apiServer.certificate,
      "tls-private-key-file": credentials.apiServer.key,
      profiling: false,
    }),
  };
}

// A loopback address is not allowed in an EndpointSlice, so the `kubernetes` Service stays without endpoints.
const withoutNodes = { "endpoint-reconciler-type": "none" };

const forRealNodes = (credentials: Credentials) => ({
  "kubelet-client-certificate": credentials.kubeletClient.certificate,
  "kubelet-client-key": credentials.kubeletClient.key,
  "kubelet-certificate-authority": credentials.authority,
  // The nodes' names are in no DNS that this machine asks.
  "kubelet-preferred-address-types": "InternalIP",
  "enable-admission-plugins": "NodeRestriction",
  // It reaches pods, such as those of webhooks, but no Service address: kube-proxy is in the zones only.
  "enable-aggregator-routing": true,
});

/** The only controllers of a cluster that keeps objects for others and runs nothing itself. */
const hostControllers = [
  "namespace-controller",
  "garbage-collector-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
].join(",");

/**
 * The controllers, among them the node lifecycle controller that declares a silent node NotReady.
 * @param runsPods whether the cluster has nodes
 */
export function controllerManager(kind: NodeKind, runsPods: boolean, credentials: Credentials): Command {
  return {
    program: "kube-controller-manager",
    arguments: flags({
      kubeconfig: credentials.controllerManager,
      "authentication-kubeconfig": credentials.controllerManager,
      "authorization-kubeconfig": credentials.controllerManager,
      "service-account-private-key-file": credentials.tokenPrivateKey,
      "root-ca-file": credentials.authority,
      "use-service-account-credentials": true,
      ...(runsPods ? {} : { controllers: hostControllers }),
      "leader-elect": false,
      "secure-port": 0,
      "bind-address": "127.0.0.1",
      "node-monitor-period": `${monitorPeriodSeconds}s`,
      "node-monitor-grace-period": `${kind === "real" ? realMonitorGraceSeconds : monitorGraceSeconds}s`,
      // The default of 20 requests a second makes a bigger network wait for the controllers.
      "kube-api-qps": 200,
      "kube-api-burst": 400,
      profiling: false,
    }),
  };
}

export function scheduler(credentials: Credentials): Command {
  return {
    program: "kube-scheduler",
    arguments: flags({
      kubeconfig: credentials.scheduler,
      "authentication-kubeconfig": credentials.scheduler,
      "authorization-kubeconfig": credentials.scheduler,
      "leader-elect": false,
      "secure-port": 0,
      "bind-address": "127.0.0.1",
      "kube-api-qps": 200,
      "kube-api-burst": 400,
      profiling: false,
    }),
  };
}

/** The part of the kubelets: renews the leases and reports the pods of every node that is not lost. */
export function nodes(credentials: Credentials): Command {
  const stages = path.join(__dirname, "..", "simulation", "stages");
  return {
    program: "kwok",
    arguments: [
      ...["node.yaml", "pod.yaml"].flatMap((file) => ["--config", path.join(stages, file)]),
      ...flags({
        kubeconfig: credentials.nodes,
        "manage-nodes-with-label-selector": managedNodes,
        "node-lease-duration-seconds": leaseSeconds,
      }),
    ],
  };
}
