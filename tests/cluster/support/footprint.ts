/** What a sandbox with real nodes has on this machine outside its state folder, and what of this machine may not change. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import * as path from "node:path";

/** Everything that carries one of these words: a sandbox's short id, or its state folder. */
export function footprint(words: readonly string[]): string[] {
  const ours = (text: string): boolean => words.some((word) => text.includes(word));
  return [
    ...processes(ours),
    ...read("/proc/self/mountinfo")
      .split("\n")
      .filter(ours)
      .map((line) => `mount ${line}`),
    ...listing("/run/netns")
      .filter(ours)
      .map((name) => `network namespace ${name}`),
    ...listing("/etc/netns")
      .filter(ours)
      .map((name) => `/etc/netns/${name}`),
    ...listing("/sys/class/net")
      .filter(ours)
      .map((name) => `interface ${name}`),
    ...read("/proc/net/route")
      .split("\n")
      .filter(ours)
      .map((line) => `route ${line}`),
    ...["/sys/fs/cgroup", ...listing("/sys/fs/cgroup").map((name) => path.join("/sys/fs/cgroup", name))]
      .flatMap((folder) => listing(folder).map((name) => path.join(folder, name)))
      .filter(ours)
      .map((folder) => `control group ${folder}`),
    ...listing("/run/fabric-topologies")
      .map((name) => path.join("/run/fabric-topologies", name))
      .filter((file) => ours(read(file)))
      .map((file) => `claim ${file}`),
    ...words.filter((word) => path.isAbsolute(word) && existsSync(word)),
  ];
}

/** A process counts by its command, by its files, and by what it has mounted, which a namespace of its own may hide. */
function processes(ours: (text: string) => boolean): string[] {
  return listing("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
      const about = [command, read(`/proc/${pid}/cgroup`), link(`/proc/${pid}/cwd`), mountsOf(pid)].join("\n");
      return ours(about) ? [`process ${pid} ${command}`] : [];
    });
}

const ownMounts = (): string => link("/proc/self/ns/mnt");

/** Empty for the many processes that see what this one sees. */
const mountsOf = (pid: string): string =>
  link(`/proc/${pid}/ns/mnt`) === ownMounts() ? "" : read(`/proc/${pid}/mountinfo`);

/** Settings of the whole machine, and places where node programs usually leave things: the same before and after. */
export function machineState(): Readonly<Record<string, string>> {
  const settings = [
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
    "net/ipv4/ip_forward",
  ].map((name) => [name, read(`/proc/sys/${name}`).trim()]);
  const places = [
    "/var/lib/cni",
    "/var/lib/kubelet",
    "/var/log/pods",
    "/var/log/containers",
    "/usr/libexec/kubernetes",
    "/opt/containerd",
    "/etc/netns",
  ].map((place) => [place, existsSync(place) ? "there" : "absent"]);
  return Object.fromEntries([...settings, ...places]) as Record<string, string>;
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
