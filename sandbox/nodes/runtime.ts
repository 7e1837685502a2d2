/** Configuration of containerd, and of the plug-ins that connect pods to the network. */
import { pauseReference } from "../images/infrastructure";
import type { ZoneFolder } from "./files";
import type { ZonePlan } from "./plan";

/** Inside the zone's machine; its /run is its own. */
export const runtimeSocket = "/run/containerd/containerd.sock";

/** Where Debian and Ubuntu, and everybody else, put the network plug-ins. */
export const pluginFolders = ["/usr/lib/cni", "/opt/cni/bin"] as const;

/** What a pod's network needs. */
export const networkPlugins = ["ptp", "host-local", "loopback"] as const;

/** They complain at each start where their file system is missing. */
const unusedSnapshotters = ["aufs", "btrfs", "devmapper", "zfs"];

/** containerd's configuration, version 2, which containerd 1.6 to 2 read. */
export function runtimeConfig(folder: ZoneFolder, plugins: string): string {
  const cri = `[plugins."io.containerd.grpc.v1.cri"`;
  return [
    "version = 2",
    `root = "${folder.inside}/containerd"`,
    'state = "/run/containerd"',
    `disabled_plugins = [${unusedSnapshotters.map((name) => `"io.containerd.snapshotter.v1.${name}"`).join(", ")}]`,
    "[grpc]",
    `address = "${runtimeSocket}"`,
    '[plugins."io.containerd.internal.v1.opt"]',
    'path = "/run/containerd-opt"',
    `${cri}]`,
    `sandbox_image = "${pauseReference}"`,
    // A profile would be loaded into the kernel of the whole machine, and stay there.
    "disable_apparmor = true",
    // Not every root may make a process safer from the kernel's memory killer than itself.
    "restrict_oom_score_adj = true",
    // What the machine's administrator has said about registries: mirrors, authorities. (containerd, "Registry hosts")
    `${cri}.registry]`,
    'config_path = "/etc/containerd/certs.d"',
    `${cri}.cni]`,
    `bin_dir = "${plugins}"`,
    `conf_dir = "${folder.inside}/cni"`,
    `${cri}.containerd]`,
    'snapshotter = "overlayfs"',
    `${cri}.containerd.runtimes.runc]`,
    'runtime_type = "io.containerd.runc.v2"',
    `${cri}.containerd.runtimes.runc.options]`,
    "SystemdCgroup = false",
    "",
  ].join("\n");
}

/**
 * How pods are connected: each by a cable of its own to the node, which routes. A bridge would let pods of the same node
 * talk past the node's packet filter.
 */
export const networkConfig = (zone: ZonePlan): string =>
  JSON.stringify({
    cniVersion: "0.4.0",
    name: "sandbox",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: "/run/cni",
          ranges: [[{ subnet: zone.podRange }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  });
