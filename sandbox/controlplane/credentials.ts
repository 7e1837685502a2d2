/** Writes every key, certificate and kubeconfig that store and control planes need into the state folder. */
import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import type { StateFolder } from "../state";
import { createAuthority, createTokenKey, type KeyAndCertificate } from "./authority";
import { type Entry, kubeconfig } from "./kubeconfig";

/** First address of the Service range: the API server itself. */
const serviceRange = "10.96.0.0/16";
const apiServiceAddress = "10.96.0.1";

export { serviceRange };

/** Files that the store's flags name, and those of who asks it. */
export interface StoreCredentials {
  readonly authority: string;
  readonly server: CertificateFiles;
  readonly client: CertificateFiles;
}

/** Files that the flags of one cluster's control plane name. */
export interface Credentials {
  readonly authority: string;
  readonly apiServer: CertificateFiles;
  readonly tokenPublicKey: string;
  readonly tokenPrivateKey: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly nodes: string;
  /** With which the API server asks the kubelets for logs and the like. */
  readonly kubeletClient: CertificateFiles;
  /** By the name of the node; empty where nodes are simulated. */
  readonly realNodes: Readonly<Record<string, NodeCredentials>>;
  /** Of what runs beside the API server of a federation's host: kubeconfig, and the certificate of its webhook. */
  readonly engine: { readonly kubeconfig: string; readonly webhook: CertificateFiles };
  /** The administrator's entry in a kubeconfig. */
  readonly administrator: Entry;
}

/** The files of a real node's own identity. */
export interface NodeCredentials {
  readonly authority: string;
  readonly server: CertificateFiles;
  readonly kubelet: string;
  readonly proxy: string;
}

/** A node that is to have an identity of its own, and its address. */
export interface NodeIdentity {
  readonly node: string;
  readonly address: string;
}

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** The users of the API server, with the groups that its built-in roles are bound to. */
const users = {
  administrator: { commonName: "sandbox-administrator", organisation: "system:masters" },
  controllerManager: { commonName: "system:kube-controller-manager" },
  scheduler: { commonName: "system:kube-scheduler" },
  // KWOK plays every node at once, which no node's own role allows.
  nodes: { commonName: "sandbox-nodes", organisation: "system:masters" },
  kubeletClient: { commonName: "kube-apiserver", organisation: "system:masters" },
  engine: { commonName: "sandbox-federation", organisation: "system:masters" },
} as const;

const loopback = { dns: ["localhost"], ips: ["127.0.0.1"] };

/** Files of a folder that only their owner may read. */
function privateFolder(folder: string) {
  const write = async (name: string, content: string): Promise<string> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  const pair = async (name: string, issued: Promise<KeyAndCertificate>): Promise<CertificateFiles> => {
    const { certificate, key } = await issued;
    return { certificate: await write(`${name}.crt`, certificate), key: await write(`${name}.key`, key) };
  };
  return { write, pair };
}

/**
 * Makes the credentials of the store. It trusts whoever its authority vouches for, so that must not be one that vouches
 * for API users.
 */
export async function writeStoreCredentials(folder: StateFolder): Promise<StoreCredentials> {
  const { write, pair } = privateFolder(folder.pki);
  const authority = await createAuthority("sandbox-etcd");
  return {
    authority: await write("etcd-ca.crt", authority.certificate),
    server: await pair("etcd", authority.issue({ kind: "server", commonName: "etcd", ...loopback })),
    client: await pair("apiserver-etcd-client", authority.issue({ kind: "client", commonName: "kube-apiserver" })),
  };
}

/** What a cluster's credentials are for. */
export interface CredentialsWanted {
  /** Of the administrator's context. */
  readonly name: string;
  /** https URL on which its API server listens. */
  readonly server: string;
  readonly nodes: readonly NodeIdentity[];
}

/** Makes the credentials of one cluster, and the administrator's kubeconfig. Every file is readable by its owner only. */
export async function writeCredentials(folder: StateFolder, wanted: CredentialsWanted): Promise<Credentials> {
  const { name, server, nodes } = wanted;
  const { write, pair } = privateFolder(folder.pki);
  const [authority, token] = await Promise.all([createAuthority("sandbox"), createTokenKey()]);
  const config = async (file: string, user: { commonName: string; organisation?: string }): Promise<string> => {
    const issued = await authority.issue({ kind: "client", ...user });
    const entry = { name, server, authority: authority.certificate, user: issued };
    return write(`${file}.kubeconfig`, kubeconfig(entry));
  };

  const ofNode = async ({ node, address }: NodeIdentity): Promise<NodeCredentials> => ({
    authority: path.join(folder.pki, "ca.crt"),
    server: await pair(
      `${node}.kubelet`,
      authority.issue({ kind: "server", commonName: node, dns: [node], ips: [address] }),
    ),
    // By this name the Node authorizer knows what a kubelet may read and write.
    kubelet: await config(`${node}.kubelet`, { commonName: `system:node:${node}`, organisation: "system:nodes" }),
    proxy: await config(`${node}.kube-proxy`, { commonName: "system:kube-proxy" }),
  });

  const user = await authority.issue({ kind: "client", ...users.administrator });
  const administrator: Entry = { name, server, authority: authority.certificate, user };
  await mkdir(folder.root, { recursive: true, mode: 0o700 });
  await writeFile(folder.kubeconfig, kubeconfig(administrator), { mode: 0o600 });

  const realNodes: Record<string, NodeCredentials> = {};
  for (const one of nodes) realNodes[one.node] = await ofNode(one);
  const ips = [...new Set([...loopback.ips, new URL(server).hostname])];

  return {
    authority: await write("ca.crt", authority.certificate),
    apiServer: await pair(
      "apiserver",
      authority.issue({
        kind: "server",
        commonName: "kube-apiserver",
        dns: [
          ...loopback.dns,
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local",
        ],
        ips: [...ips, apiServiceAddress],
      }),
    ),
    tokenPublicKey: await write("service-account.pub", token.publicKey),
    tokenPrivateKey: await write("service-account.key", token.privateKey),
    controllerManager: await config("controller-manager", users.controllerManager),
    scheduler: await config("scheduler", users.scheduler),
    nodes: await config("nodes", users.nodes),
    kubeletClient: await pair("kubelet-client", authority.issue({ kind: "client", ...users.kubeletClient })),
    realNodes,
    engine: {
      kubeconfig: await config("engine", users.engine),
      webhook: await pair(
        path.join("webhook", "tls"),
        authority.issue({ kind: "server", commonName: "webhook", dns: loopback.dns, ips }),
      ),
    },
    administrator,
  };
}
