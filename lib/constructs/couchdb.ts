import type { Container, Volume } from "cdk8s-plus-28/lib/imports/k8s";
import { imageReference } from "../fabric/images";
import { couchdbLayout } from "../fabric/layout";
import { ports } from "../fabric/ports";
import type { Network, PeerGroup } from "../spec/network";
import { containerResources, type ClaimTemplate } from "./node-set";
import { helperResources, restrictedContainer } from "./pod-security";
import { lastWords } from "./script";

/** The administrator that a peer uses; its password is made in the pod and known to nobody outside of it. */
export const couchdbUser = "fabric";

const credentials = "/run/couchdb";
const claim = "couchdb";

/**
 * CouchDB beside its peer: the same pod, a volume with the same life, reachable on the loopback address only. The
 * password is born in the pod at each start, so no Secret, state or log ever holds it.
 */
export const couchdb = {
  claim: (group: PeerGroup): ClaimTemplate => ({ name: claim, size: group.couchdbStorage }),

  volumes: (): Volume[] => [
    { name: "couchdb-config", emptyDir: { medium: "Memory" } },
    { name: "couchdb-credentials", emptyDir: { medium: "Memory" } },
    { name: "couchdb-home", emptyDir: {} },
  ],

  /** Makes the password; runs before the others, with the peer's image since that has a shell. */
  initContainer: (image: string): Container => ({
    name: "couchdb-password",
    image,
    command: ["bash", "-c", passwordScript(couchdbLayout.localConfiguration, credentials)],
    securityContext: restrictedContainer,
    terminationMessagePolicy: lastWords,
    resources: helperResources(),
    volumeMounts: [
      { name: "couchdb-config", mountPath: couchdbLayout.localConfiguration },
      { name: "couchdb-credentials", mountPath: credentials },
    ],
  }),

  container: (network: Network, group: PeerGroup): Container => ({
    name: "couchdb",
    image: imageReference("couchdb", network.fabric),
    // Erlang keeps a cookie in its home folder.
    env: [{ name: "HOME", value: "/home/couchdb" }],
    ports: [{ name: "couchdb", containerPort: ports.couchdb.http }],
    resources: containerResources(group.resources),
    securityContext: restrictedContainer,
    terminationMessagePolicy: lastWords,
    volumeMounts: [
      { name: claim, mountPath: couchdbLayout.data },
      { name: "couchdb-config", mountPath: couchdbLayout.localConfiguration },
      { name: "couchdb-home", mountPath: "/home/couchdb" },
      { name: "tmp", mountPath: "/tmp" },
    ],
    // Loopback only, so the kubelet cannot ask over the network: it asks from inside.
    livenessProbe: {
      exec: { command: ["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${ports.couchdb.http}`] },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
  }),

  /** Where the peer finds the variable with the password. */
  peerMount: { name: "couchdb-credentials", mountPath: credentials, readOnly: true },

  /** Puts the password into the environment of the shell that becomes the peer. */
  peerPreparation: `. ${credentials}/peer.env`,
};

/**
 * The shell text that makes the password and hands it to both sides: bash, `head`, `od` and `tr`. CouchDB rewrites its file
 * to keep a hash only, so the group may write it; nobody else may read either.
 */
export function passwordScript(configuration: string, handover: string): string {
  return `
set -eu
umask 007
password=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \\n')
cat > ${configuration}/fabric.ini <<INI
[admins]
${couchdbUser} = $password
[chttpd]
bind_address = 127.0.0.1
[couchdb]
single_node = true
INI
printf 'export CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD=%s\\n' "$password" > ${handover}/peer.env`.trim();
}
