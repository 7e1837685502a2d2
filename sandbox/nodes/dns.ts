/** Names inside the cluster: CoreDNS in each zone, so that a lost zone takes nobody else's names with it. */
import type { KubernetesObject, V1DaemonSet } from "@kubernetes/client-node";

/** Address of the Service `kube-dns`, in the Service range. */
export const dnsAddress = "10.96.0.10";

const namespace = "kube-system";
const name = "coredns";
const labels = { "k8s-app": "kube-dns" };

/** Which pods answer for names. */
export const dnsSelector = "k8s-app=kube-dns";

/** Seconds: an address of a pod that is gone must not be kept for long. */
const ttl = 2;

/** @param world where names outside the cluster are asked for; nowhere by default */
const corefile = (world?: string): string => `.:53 {
    errors
    health :8080
    ready :8181
    kubernetes cluster.local in-addr.arpa {
        pods insecure
        ttl ${ttl}
    }
${world === undefined ? "" : `    forward . ${world}\n`}    cache ${ttl}
}
`;

/** Everything that CoreDNS needs in the cluster, in the order in which it is made. */
export function dnsObjects(image: string, world?: string): KubernetesObject[] {
  const reads = { verbs: ["list", "watch"] };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    object(
      "rbac.authorization.k8s.io/v1",
      "ClusterRole",
      { name: "system:coredns" },
      {
        rules: [
          { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], ...reads },
          { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], ...reads },
        ],
      },
    ),
    object(
      "rbac.authorization.k8s.io/v1",
      "ClusterRoleBinding",
      { name: "system:coredns" },
      {
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
    ),
    object("v1", "ConfigMap", { name, namespace }, { data: { Corefile: corefile(world) } }),
    object(
      "v1",
      "Service",
      { name: "kube-dns", namespace, labels: { ...labels, "kubernetes.io/name": "CoreDNS" } },
      {
        spec: {
          clusterIP: dnsAddress,
          selector: labels,
          // Names are looked up in one's own zone only.
          internalTrafficPolicy: "Local",
          ports: [
            { name: "dns", port: 53, targetPort: "dns", protocol: "UDP" },
            { name: "dns-tcp", port: 53, targetPort: "dns-tcp", protocol: "TCP" },
          ],
        },
      },
    ),
    daemonSet(image),
  ];
}

const object = (
  apiVersion: string,
  kind: string,
  metadata: NonNullable<KubernetesObject["metadata"]>,
  rest: object,
): KubernetesObject => ({ apiVersion, kind, metadata, ...rest });

function daemonSet(image: string): V1DaemonSet {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          priorityClassName: "system-node-critical",
          dnsPolicy: "Default",
          tolerations: [{ operator: "Exists" }],
          containers: [
            {
              name,
              image,
              imagePullPolicy: "IfNotPresent",
              args: ["-conf", "/etc/coredns/Corefile"],
              ports: [
                { name: "dns", containerPort: 53, protocol: "UDP" },
                { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
              ],
              readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1, failureThreshold: 3 },
              livenessProbe: { httpGet: { path: "/health", port: 8080 }, initialDelaySeconds: 30 },
              // As for the kubelets: a healed zone must hear of other zones soon.
              env: [
                { name: "HTTP2_READ_IDLE_TIMEOUT_SECONDS", value: "4" },
                { name: "HTTP2_PING_TIMEOUT_SECONDS", value: "2" },
              ],
              resources: { requests: { cpu: "10m", memory: "40Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
              },
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name } }],
        },
      },
    },
  };
}
