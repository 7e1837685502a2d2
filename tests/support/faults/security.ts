import { added, inText, dropped, set, without, all, type NamedFault } from "./spoil";
import { agent, authority, chaincode, container, gateway, labels, orderer, peer, pod } from "./names";

const policy = "NetworkPolicy/trade-amber/peer";

/** Faults in who holds keys and rights, who may talk to whom, what pods may do, and which programs run. */
export const securityFaults: readonly NamedFault[] = [
  [
    "a private key in a ConfigMap",
    "identity-no-key-in-configmap",
    set("ConfigMap/trade-amber/agent-model", ["data", "server.key"], "-----BEGIN EC PRIVATE KEY-----\n"),
  ],
  [
    "a private key in a ConfigMap's binary data",
    "identity-no-key-in-configmap",
    set("ConfigMap/trade-amber/agent-model", ["binaryData"], { key: btoa("-----BEGIN PRIVATE KEY-----\n") }),
  ],
  [
    "a Secret with values",
    "identity-no-secret-values",
    added({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "enrolment", namespace: "trade-amber", labels },
      stringData: { peer: "x" },
    }),
  ],
  [
    "a password in the environment",
    "identity-no-secret-in-environment",
    set(chaincode, [...container, "env", 0], { name: "DB_PASSWORD", value: "correct-horse" }),
  ],
  ["a token mounted by default", "identity-no-token", set(peer, [...pod, "automountServiceAccountToken"], true)],
  [
    "a projected token of a chaincode",
    "identity-token-of-agents-only",
    set(chaincode, [...pod, "volumes", 0], {
      name: "identity",
      projected: { sources: [{ serviceAccountToken: { path: "token" } }] },
    }),
  ],
  ["the namespace's default account", "identity-own-account", without(chaincode, ...pod, "serviceAccountName")],
  [
    "an agent that may read every Secret",
    "identity-least-rights",
    set("Role/trade-amber/agent", ["rules", 0], { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] }),
  ],
  [
    "an agent that may do anything",
    "identity-least-rights",
    set("Role/trade-amber/agent", ["rules", 0, "verbs"], ["*"]),
  ],
  [
    "an agent with rights over the cluster",
    "identity-least-rights",
    added({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "trade-agent", labels },
      rules: [],
    }),
  ],
  [
    "an agent's rights for everybody who logs in",
    "identity-bound-to-accounts",
    set("RoleBinding/trade-amber/agent", ["subjects", 0], { kind: "Group", name: "system:authenticated" }),
  ],
  [
    "an agent bound to cluster-admin",
    "identity-bound-to-accounts",
    set("RoleBinding/trade-amber/agent", ["roleRef"], {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: "cluster-admin",
    }),
  ],
  [
    "a peer that listens in clear",
    "identity-tls-everywhere",
    inText("ConfigMap/trade-amber/peer0-amber-config", "core.yaml", "enabled: true", "enabled: false"),
  ],
  [
    "an ordering node that listens in clear",
    "identity-tls-everywhere",
    inText("ConfigMap/trade-clearing/orderer-config", "orderer.yaml", "Enabled: true", "Enabled: false"),
  ],
  [
    "an authority that listens in clear",
    "identity-tls-everywhere",
    inText("ConfigMap/trade-amber/ca-amber-config", "ca.yaml", "enabled: true", "enabled: false"),
  ],
  [
    "an ordering node that asks nobody for a certificate",
    "identity-mutual-tls",
    inText(
      "ConfigMap/trade-clearing/orderer-config",
      "orderer.yaml",
      "ClientAuthRequired: true",
      "ClientAuthRequired: false",
    ),
  ],
  [
    "certificates for ten years",
    "identity-certificates-end",
    inText("ConfigMap/trade-amber/ca-amber-config", "ca.yaml", "expiry: 8760h", "expiry: 87600h"),
  ],
  [
    "an intermediate that may sign further authorities",
    "identity-authority-constrained",
    inText("ConfigMap/trade-amber/ca-init-config", "root-server.yaml", "maxpathlen: 0", "maxpathlen: 2"),
  ],
  [
    "a root without a path length",
    "identity-authority-constrained",
    inText("ConfigMap/trade-amber/ca-init-config", "root.yaml", "pathlength: 1", "pathlength: -1"),
  ],
  [
    "keys that are too short",
    "identity-authority-constrained",
    inText("ConfigMap/trade-amber/ca-init-config", "root.yaml", "size: 256", "size: 224"),
  ],
  ["no default deny", "network-default-deny", dropped("NetworkPolicy/trade-amber/default-deny")],
  [
    "a default that denies in one direction",
    "network-default-deny",
    set("NetworkPolicy/trade-amber/default-deny", ["spec", "policyTypes"], ["Ingress"]),
  ],
  ["no policy of the peers", "network-policy-of-role", dropped(policy)],
  [
    "peers that let everybody in",
    "network-no-open-ingress",
    set(policy, ["spec", "ingress", 0, "from"], [{ namespaceSelector: {} }]),
  ],
  [
    "peers that let in from every address",
    "network-no-open-ingress",
    set(policy, ["spec", "ingress", 0, "from"], [{ ipBlock: { cidr: "0.0.0.0/0" } }]),
  ],
  ["a rule for all ports", "network-ports-named", without(policy, "spec", "ingress", 0, "ports")],
  [
    "peers that may talk to the internet",
    "network-egress-narrow",
    set(policy, ["spec", "egress", 0, "to"], [{ ipBlock: { cidr: "0.0.0.0/0" } }]),
  ],
  [
    "a namespace of no Pod Security level",
    "pods-restricted-namespace",
    without("Namespace/trade-amber", "metadata", "labels", "pod-security.kubernetes.io/enforce"),
  ],
  ["a root user", "pods-not-root", set(peer, [...pod, "securityContext", "runAsUser"], 0)],
  ["a privileged container", "pods-not-privileged", set(peer, [...container, "securityContext", "privileged"], true)],
  [
    "a container that may gain privileges",
    "pods-not-privileged",
    without(agent, ...container, "securityContext", "allowPrivilegeEscalation"),
  ],
  [
    "a capability",
    "pods-no-capabilities",
    set(chaincode, [...container, "securityContext", "capabilities", "add"], ["NET_ADMIN"]),
  ],
  [
    "a root file system to write to",
    "pods-read-only-root",
    set(orderer, [...container, "securityContext", "readOnlyRootFilesystem"], false),
  ],
  [
    "no seccomp profile",
    "pods-seccomp",
    set(peer, [...pod, "securityContext", "seccompProfile"], { type: "Unconfined" }),
  ],
  [
    "a path of the machine",
    "pods-not-of-the-host",
    set(chaincode, [...pod, "volumes", 0], { name: "identity", hostPath: { path: "/" } }),
  ],
  ["the machine's network", "pods-not-of-the-host", set(orderer, [...pod, "hostNetwork"], true)],
  ["a port of the machine", "pods-not-of-the-host", set(peer, [...container, "ports", 0, "hostPort"], 7051)],
  ["no limit of memory", "pods-resources", without(chaincode, ...container, "resources", "limits")],
  [
    "the tag latest",
    "images-tagged",
    set(chaincode, [...container, "image"], "registry.example.com/settlement:latest"),
  ],
  [
    "no tag, behind a registry's port",
    "images-tagged",
    set(authority, [...container, "image"], "registry.example.com:5000/agent"),
  ],
  [
    "a public load balancer on 7053",
    "exposure-inside-only",
    all(set(gateway, ["spec", "type"], "LoadBalancer"), set(gateway, ["spec", "ports", 0, "port"], 7053)),
  ],
  ["a node port", "exposure-inside-only", set(gateway, ["spec", "type"], "NodePort")],
  ["an external address", "exposure-inside-only", set(gateway, ["spec", "externalIPs"], ["192.0.2.1"])],
  [
    "the admin port on a Service for all",
    "exposure-admin-ports",
    set("Service/trade-clearing/ordering-clearing", ["spec", "ports", 0, "port"], 9443),
  ],
];
