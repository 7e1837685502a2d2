/** The command line of each program of the control plane: on loopback, or for real nodes on their bridge. No root needed. */
import * as path from "node:path";
import type { NodeKind, StateFolder } from "../state";
import { managedNodes } from "../simulation/labels";
import { realMonitorGraceSeconds } from "../nodes/timing";
import { leaseSeconds, monitorGraceSeconds, monitorPeriodSeconds } from "../simulation/timing";
import { serviceRange, type Credentials } from "./credentials";

/** The ports of one sandbox, chosen when it starts. */
export interface Ports {
  readonly api: number;
  readonly etcd: number;
  readonly etcdPeer: number;
}

/** One child process: which program, and its arguments. */
export interface Command {
  readonly program: "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kwok";
  readonly arguments: readonly string[];
}

/** Turns `{"secure-port": 0}` into `--secure-port=0`. */
const flags = (values: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** The store. Its data is thrown away with the sandbox, so it never waits for the disk. */
export function etcd(folder: StateFolder, ports: Ports, credentials: Credentials): Command {
  const client = `https://127.0.0.1:${ports.etcd}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
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
      "trusted-ca-file": credentials.etcdAuthority,
      "cert-file": credentials.etcdServer.certificate,
      "key-file": credentials.etcdServer.key,
      "peer-client-cert-auth": true,
      "peer-trusted-ca-file": credentials.etcdAuthority,
      "peer-cert-file": credentials.etcdServer.certificate,
      "peer-key-file": credentials.etcdServer.key,
      "unsafe-no-fsync": true,
      "log-level": "warn",
    }),
  };
}

/**
 * The API server. Pod Security admission is among its default admission plug-ins.
 * @param address where it listens; for real nodes on their bridge
 */
export function apiServer(kind: NodeKind, address: string, ports: Ports, credentials: Credentials): Command {
  return {
    program: "kube-apiserver",
    arguments: flags({
      "etcd-servers": `https://127.0.0.1:${ports.etcd}`,
      "etcd-cafile": credentials.etcdAuthority,
      "etcd-certfile": credentials.etcdClient.certificate,
      "etcd-keyfile": credentials.etcdClient.key,
      "secure-port": ports.api,
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

/** The controllers, among them the node lifecycle controller that declares a silent node NotReady. */
export function controllerManager(kind: NodeKind, credentials: Credentials): Command {
  return {
    program: "kube-controller-manager",
    arguments: flags({
      kubeconfig: credentials.controllerManager,
      "authentication-kubeconfig": credentials.controllerManager,
      "authorization-kubeconfig": credentials.controllerManager,
      "service-account-private-key-file": credentials.tokenPrivateKey,
      "root-ca-file": credentials.authority,
      "use-service-account-credentials": true,
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
