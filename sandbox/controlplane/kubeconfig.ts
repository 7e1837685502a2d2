/** The kubeconfig format (kubernetes.io, kubeconfig v1), with everything inside: no file beside it is needed. */
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { KeyAndCertificate } from "./authority";

/** Name of the cluster, the user and the context, where there is one cluster only. */
export const contextName = "sandbox";

const base64 = (pem: string): string => Buffer.from(pem).toString("base64");

/** How one user reaches one API server. */
export interface Entry {
  /** Of the cluster, the user and the context. */
  readonly name: string;
  readonly server: string;
  readonly authority: string;
  readonly user: KeyAndCertificate;
}

/** A kubeconfig whose current context is the first entry's. It holds private keys: write it with mode 0600. */
export function kubeconfig(...entries: readonly Entry[]): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": entries[0]?.name,
    clusters: entries.map(({ name, server, authority }) => ({
      name,
      cluster: { server, "certificate-authority-data": base64(authority) },
    })),
    users: entries.map(({ name, user }) => ({
      name,
      user: { "client-certificate-data": base64(user.certificate), "client-key-data": base64(user.key) },
    })),
    contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: name, namespace: "default" } })),
  });
}

const data = z.string().transform((text) => Buffer.from(text, "base64").toString());
const single = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server: z.url(), "certificate-authority-data": data }) })]),
  users: z.tuple([z.object({ user: z.object({ "client-certificate-data": data, "client-key-data": data }) })]),
});

/** How an API server is reached: its URL and, in PEM, whom to trust and who one is. */
export interface Access {
  readonly server: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Reads a kubeconfig of one cluster that {@link kubeconfig} wrote, without the Kubernetes client, which takes a second to load. */
export function readAccess(file: string): Access {
  const { clusters, users } = single.parse(parse(readFileSync(file, "utf8")));
  const { cluster } = clusters[0];
  const { user } = users[0];
  return {
    server: cluster.server,
    ca: cluster["certificate-authority-data"],
    cert: user["client-certificate-data"],
    key: user["client-key-data"],
  };
}
