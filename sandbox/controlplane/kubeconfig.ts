/** The kubeconfig format (kubernetes.io, kubeconfig v1), with everything inside: no file beside it is needed. */
import { stringify } from "yaml";
import type { KeyAndCertificate } from "./authority";

/** Name of the cluster, the user and the context. */
export const contextName = "sandbox";

const base64 = (pem: string): string => Buffer.from(pem).toString("base64");

/** A kubeconfig for one user of the sandbox's API server. It holds a private key: write it with mode 0600. */
export function kubeconfig(server: string, authority: string, user: KeyAndCertificate): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": contextName,
    clusters: [{ name: contextName, cluster: { server, "certificate-authority-data": base64(authority) } }],
    users: [
      {
        name: contextName,
        user: { "client-certificate-data": base64(user.certificate), "client-key-data": base64(user.key) },
      },
    ],
    contexts: [{ name: contextName, context: { cluster: contextName, user: contextName, namespace: "default" } }],
  });
}
