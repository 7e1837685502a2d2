/** The network namespaces of pods on real nodes, as this machine sees them: each pod's processes are processes here. */
import { readdirSync, readFileSync } from "node:fs";

/** Where a pod's network is found. */
export interface PodNetns {
  /** The file of its network namespace. */
  readonly file: string;
  /** The ports that it listens on for others, not on its loopback address only; sorted. */
  readonly listening: readonly number[];
}

/** The networks of all pods with processes on this machine, by the pods' uids. */
export function podNetworks(): ReadonlyMap<string, PodNetns> {
  const first = new Map<string, number>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    // The name that the kubelet gives a pod's control group.
    const uid = /\/pod([0-9a-f]{8}(?:-[0-9a-f]{4,12}){4})\//.exec(read(`/proc/${pid}/cgroup`))?.[1];
    // The oldest is the one that holds the namespace, whatever containers come and go.
    if (uid !== undefined && pid < (first.get(uid) ?? Infinity)) first.set(uid, pid);
  }
  return new Map(
    [...first].map(([uid, pid]) => [uid, { file: `/proc/${pid}/ns/net`, listening: listeningPorts(pid) }]),
  );
}

const listens = "0A";

/** Source: the kernel's documentation, proc_net_tcp. */
function listeningPorts(pid: number): number[] {
  const lines = [`/proc/${pid}/net/tcp`, `/proc/${pid}/net/tcp6`].flatMap((file) => read(file).split("\n"));
  const ports = lines.flatMap((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    return state === listens && !isLoopback(address) ? [parseInt(port, 16)] : [];
  });
  return [...new Set(ports)].sort((one, other) => one - other);
}

/** Addresses stand there as 32-bit words, each in this machine's (little-endian) order. */
const isLoopback = (address: string): boolean =>
  /^[0-9A-F]{6}7F$/.test(address) || address === "00000000000000000000000001000000";

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // The process has ended meanwhile.
    return "";
  }
}
