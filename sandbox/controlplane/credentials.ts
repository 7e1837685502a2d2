/** Writes every key, certificate and kubeconfig that the control plane needs into the state folder. */
import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import type { StateFolder } from "../state";
import { createAuthority, createTokenKey, type KeyAndCertificate } from "./authority";
import { kubeconfig } from "./kubeconfig";

/** First address of the Service range: the API server itself. */
const serviceRange = "10.96.0.0/16";
const apiServiceAddress = "10.96.0.1";

export { serviceRange };

/** Files that the control plane's flags name. */
export interface Credentials {
  readonly authority: string;
  readonly etcdAuthority: string;
  readonly etcdServer: CertificateFiles;
  readonly etcdClient: CertificateFiles;
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
} as const;

/**
 * Makes the credentials of one sandbox, whose API server listens on `server` (an https URL), and the administrator's
 * kubeconfig. Every file is readable by its owner only.
 */
export async function writeCredentials(
  folder: StateFolder,
  server: string,
  nodes: readonly NodeIdentity[] = [],
): Promise<Credentials> {
  await mkdir(folder.pki, { recursive: true, mode: 0o700 });
  const [authority, etcdAuthority, token] = await Promise.all([
    createAuthority("sandbox"),
    // etcd trusts whoever this authority vouches for, so it must not be the one that vouches for API users.
    createAuthority("sandbox-etcd"),
    createTokenKey(),
  ]);
  const loopback = { dns: ["localhost"], ips: ["127.0.0.1"] };

  const write = async (name: string, content: string): Promise<string> => {
    const file = path.join(folder.pki, name);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  const pair = async (name: string, issued: Promise<KeyAndCertificate>): Promise<CertificateFiles> => {
    const { certificate, key } = await issued;
    return { certificate: await write(`${name}.crt`, certificate), key: await write(`${name}.key`, key) };
  };
  const config = async (name: string, user: { commonName: string; organisation?: string }): Promise<string> =>
    write(
      `${name}.kubeconfig`,
      kubeconfig(server, authority.certificate, await authority.issue({ kind: "client", ...user })),
    );

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

  const administrator = await authority.issue({ kind: "client", ...users.administrator });
  await writeFile(folder.kubeconfig, kubeconfig(server, authority.certificate, administrator), { mode: 0o600 });

  const realNodes: Record<string, NodeCredentials> = {};
  for (const one of nodes) realNodes[one.node] = await ofNode(one);

  return {
    authority: await write("ca.crt", authority.certificate),
    etcdAuthority: await write("etcd-ca.crt", etcdAuthority.certificate),
    etcdServer: await pair("etcd", etcdAuthority.issue({ kind: "server", commonName: "etcd", ...loopback })),
    etcdClient: await pair(
      "apiserver-etcd-client",
      etcdAuthority.issue({ kind: "client", commonName: "kube-apiserver" }),
    ),
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
        ips: [...new Set([...loopback.ips, apiServiceAddress, new URL(server).hostname])],
      }),
    ),
    tokenPublicKey: await write("service-account.pub", token.publicKey),
    tokenPrivateKey: await write("service-account.key", token.privateKey),
    controllerManager: await config("controller-manager", users.controllerManager),
    scheduler: await config("scheduler", users.scheduler),
    nodes: await config("nodes", users.nodes),
    kubeletClient: await pair("kubelet-client", authority.issue({ kind: "client", ...users.kubeletClient })),
    realNodes,
  };
}
