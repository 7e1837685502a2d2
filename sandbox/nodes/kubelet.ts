/** Configuration of a real node's kubelet and kube-proxy. */
import { stringify } from "yaml";
import type { NodeCredentials } from "../controlplane/credentials";
import { dnsAddress } from "./dns";
import { cgroupVersion } from "./cgroups";
import type { ZoneFolder } from "./files";
import type { ZonePlan } from "./plan";
import { runtimeSocket } from "./runtime";
import { realLeaseSeconds } from "./timing";

/** KubeletConfiguration (kubelet.config.k8s.io/v1beta1). */
export function kubeletConfig(zone: ZonePlan, folder: ZoneFolder, credentials: NodeCredentials): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: credentials.authority },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: credentials.server.certificate,
    tlsPrivateKeyFile: credentials.server.key,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${zone.cgroup}`,
    // Version 1 is refused unless it is asked for.
    ...(cgroupVersion() === 1 ? { failCgroupV1: false } : {}),
    // The limits of all pods together would be those of a whole machine, which the zones share.
    enforceNodeAllocatable: [],
    failSwapOn: false,
    containerRuntimeEndpoint: `unix://${runtimeSocket}`,
    clusterDomain: "cluster.local",
    clusterDNS: [dnsAddress],
    resolvConf: `${folder.inside}/resolv.conf`,
    // The default folder is the same for every kubelet, and each removes what is not its own.
    podLogsDir: `${folder.inside}/pod-logs`,
    volumePluginDir: `${folder.inside}/volume-plugins`,
    nodeLeaseDurationSeconds: realLeaseSeconds,
    // A full disk is the machine's own affair: the zones share it.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    maxPods: 200,
    serializeImagePulls: false,
    enableDebuggingHandlers: true,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    syncFrequency: "10s",
  });
}

/** KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1). */
export function proxyConfig(credentials: NodeCredentials): string {
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clientConnection: { kubeconfig: credentials.proxy },
    // Not by address: nodes of other clusters of a federation are in the same range, and are strangers.
    detectLocalMode: "InterfaceNamePrefix",
    detectLocal: { interfaceNamePrefix: "veth" },
    // Sizes of the table of connections are the whole machine's.
    conntrack: { maxPerCore: 0, min: 0 },
  });
}
