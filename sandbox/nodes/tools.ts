/** What real nodes need of the machine, and a refusal that names everything that is missing. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { SandboxError } from "../errors";
import { toolPath } from "./machine";
import { networkPlugins, pluginFolders } from "./runtime";

/** Programs of the machine, by the package that Debian and Ubuntu have them in. */
const packages = {
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  nft: "nftables",
  ip: "iproute2",
  nsenter: "util-linux",
  unshare: "util-linux",
  mount: "mount",
  sysctl: "procps",
} as const;

/** Where the programs are. */
export interface NodeTools {
  readonly containerd: string;
  readonly kubelet: string;
  readonly "kube-proxy": string;
  /** Folder of the network plug-ins. */
  readonly networkPlugins: string;
}

/** Where a program of the machine is, or undefined. */
function which(name: string): string | undefined {
  return toolPath()
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const pluginFolder = (): string | undefined =>
  pluginFolders.find((folder) => networkPlugins.every((name) => existsSync(path.join(folder, name))));

/** Everything that keeps this machine from having real nodes, each with what to do; empty where nothing does. */
export function missingForRealNodes(): { readonly what: string; readonly fix: string }[] {
  if (process.platform !== "linux") {
    return [{ what: `this is ${process.platform}, and nodes are Linux namespaces`, fix: "use a Linux machine" }];
  }
  const missing: { what: string; fix: string }[] = [];
  if (process.getuid?.() !== 0) {
    missing.push({
      what: "this user is not root, who alone makes network namespaces and mounts",
      fix: "run it as root",
    });
  }
  const absent = (Object.keys(packages) as (keyof typeof packages)[]).filter((name) => which(name) === undefined);
  const install = new Set<string>(absent.map((name) => packages[name]));
  for (const name of absent) missing.push({ what: `there is no ${name} on PATH`, fix: "" });
  if (pluginFolder() === undefined) {
    install.add("containernetworking-plugins");
    const names = networkPlugins.join(", ");
    missing.push({ what: `no folder of ${pluginFolders.join(", ")} holds the network plug-ins ${names}`, fix: "" });
  }
  if (install.size > 0) {
    const last = missing.at(-1);
    if (last) missing[missing.length - 1] = { ...last, fix: `apt-get install ${[...install].join(" ")}` };
  }
  if (!/\boverlay$/m.test(readFileSync("/proc/filesystems", "utf8"))) {
    missing.push({ what: "the kernel has no overlay file system", fix: "load it: modprobe overlay" });
  }
  return missing;
}

/** Errors: this machine cannot have real nodes; one message with everything that is missing. */
export function requireRealNodes(): void {
  const missing = missingForRealNodes();
  if (missing.length === 0) return;
  throw new SandboxError(
    `this machine cannot run real nodes: ${missing.map(({ what }) => what).join("; ")}`,
    `${missing
      .map(({ fix }) => fix)
      .filter(Boolean)
      .join("; ")}; or start simulated nodes: fabric-topologies sandbox up --nodes simulated`,
  );
}

/** Where everything is that the nodes run. Errors: as {@link requireRealNodes}. */
export function nodeTools(programs: Readonly<Record<string, string>>): NodeTools {
  requireRealNodes();
  const program = (name: string): string => {
    const file = programs[name];
    if (file === undefined) throw new Error(`no file is recorded for ${name}`);
    return file;
  };
  return {
    containerd: which("containerd") ?? "",
    kubelet: program("kubelet"),
    "kube-proxy": program("kube-proxy"),
    networkPlugins: pluginFolder() ?? "",
  };
}
