/** The network between the zones: a bridge in the machine's own namespace, and a cable from it to each zone. */
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { until } from "../controlplane/readiness";
import { netnsFolder, type NodePlan, type ZonePlan } from "./plan";
import { run } from "./run";

/** Commands for `ip -batch`, in one process. */
const ip = (lines: readonly string[], options: readonly string[] = []): Promise<string> =>
  run("ip", [...options, "-batch", "-"], { input: `${lines.join("\n")}\n` });

/** Runs a program in a zone's network namespace. */
const inNetns = (zone: ZonePlan, file: string, args: readonly string[], input?: string): Promise<string> =>
  run("nsenter", [`--net=${zone.netnsFile}`, file, ...args], input === undefined ? {} : { input });

/**
 * Makes bridge, namespaces, cables and routes. Pods of a cluster reach each other and the machine itself by their own
 * addresses, and nothing else: no route leads outside, and the machine forwards nothing that it did not forward before.
 */
export async function createNetwork(plan: NodePlan): Promise<void> {
  await ip([
    `link add name ${plan.bridge} type bridge`,
    `link set dev ${plan.bridge} alias ${plan.tag}`,
    `address add ${plan.hostAddress}/24 dev ${plan.bridge}`,
    `link set dev ${plan.bridge} up`,
    ...plan.zones.map(({ netns }) => `netns add ${netns}`),
  ]);
  await ip(
    plan.zones.flatMap((zone) => [
      `link add name ${zone.cable} type veth peer name eth0 netns ${zone.netns}`,
      `link set dev ${zone.cable} master ${plan.bridge} up`,
      `route add ${zone.podRange} via ${zone.address} dev ${plan.bridge}`,
    ]),
  );
  await Promise.all(plan.zones.map((zone) => setUpZone(plan, zone)));
}

async function setUpZone(plan: NodePlan, zone: ZonePlan): Promise<void> {
  await ip(
    [
      "link set dev lo up",
      `address add ${zone.address}/24 dev eth0`,
      "link set dev eth0 up",
      ...plan.zones
        .filter((other) => other !== zone && other.cluster === zone.cluster)
        .map((other) => `route add ${other.podRange} via ${other.address} dev eth0`),
      // What is left for a pod that is gone: an answer at once, as from a machine whose processes died.
      `route add unreachable ${zone.podRange}`,
    ],
    ["-netns", zone.netns],
  );
  // A node routes for its pods; this setting is the namespace's own.
  await inNetns(zone, "sysctl", ["-q", "-w", "net.ipv4.ip_forward=1"]);
  const abroad = plan.zones.filter(({ cluster }) => cluster !== zone.cluster);
  if (abroad.length > 0) await inNetns(zone, "nft", ["-f", "-"], masquerade(zone, abroad));
}

/**
 * Pods reach other clusters' nodes under the address of their own, as through a cloud's gateway; they do not reach those
 * clusters' pods, to which no route leads.
 */
const masquerade = (zone: ZonePlan, abroad: readonly ZonePlan[]): string => `table ip sandbox-abroad {
  chain leaving {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${zone.podRange} ip daddr { ${abroad.map(({ address }) => address).join(", ")} } masquerade
  }
}
`;

/** Takes a zone's cable out, or plugs it in again. Nothing answers for a zone whose cable is out: its packets are lost. */
export const setCable = async (zone: ZonePlan, state: "up" | "down"): Promise<void> => {
  await run("ip", ["link", "set", "dev", zone.cable, state]);
};

/**
 * Removes the cables of a zone's pods, all of which are dead. They would go by themselves, but in their own time: a new pod
 * that is given a dead one's address meanwhile finds a route to it, has none made, and is out of reach when the old cable
 * goes and takes that route along.
 */
export async function removePodCables(zone: ZonePlan): Promise<void> {
  const left = async () => {
    const links = await run("ip", ["-netns", zone.netns, "-json", "link", "show", "type", "veth"]);
    return (JSON.parse(links || "[]") as { ifname: string }[])
      .map(({ ifname }) => ifname)
      .filter((name) => name !== "eth0");
  };
  await until(
    `the cables of ${zone.zone}'s dead pods are gone`,
    async () => {
      const names = await left();
      // One that goes by itself in between is no trouble.
      await Promise.all(names.map((name) => run("ip", ["-netns", zone.netns, "link", "delete", name]).catch(() => "")));
      return names.length === 0;
    },
    { seconds: 30, everyMilliseconds: 50 },
  );
}

const linkTable = "sandbox-links";

/** Makes a zone drop, without a word, every packet that comes from these other zones; from all others none. */
export async function dropFrom(zone: ZonePlan, others: readonly ZonePlan[]): Promise<void> {
  const table = `table inet ${linkTable}`;
  // An add before the delete: deleting what is not there is an error.
  const lines = [table, `delete ${table}`];
  if (others.length > 0) {
    const sources = others.flatMap(({ address, podRange }) => [address, podRange]).join(", ");
    lines.push(
      `${table} {`,
      "  chain incoming {",
      "    type filter hook prerouting priority raw; policy accept;",
      `    ip saddr { ${sources} } drop`,
      "  }",
      "}",
    );
  }
  await inNetns(zone, "nft", ["-f", "-"], `${lines.join("\n")}\n`);
}

/** Removes whatever there is of the network; a namespace takes its cable along. */
export async function removeNetwork(plan: NodePlan): Promise<void> {
  for (const { netns, netnsFile } of plan.zones) {
    if (existsSync(netnsFile)) await run("ip", ["netns", "delete", netns]);
  }
  for (const device of [...plan.zones.map(({ cable }) => cable), plan.bridge]) {
    // A cable goes a moment after its namespace.
    if (existsSync(`/sys/class/net/${device}`)) {
      await run("ip", ["link", "delete", "dev", device]).catch((thrown: unknown) => {
        if (existsSync(`/sys/class/net/${device}`)) throw thrown;
      });
    }
  }
  await removeNetnsFolder();
}

/**
 * `ip netns` makes its folder, and mounts it onto itself, when it is first used. Where the last namespace is gone so may
 * the folder be; it is made again when somebody needs it.
 */
async function removeNetnsFolder(): Promise<void> {
  try {
    if (readdirSync(netnsFolder).length > 0) return;
    // Refused where somebody has made a namespace since.
    await run("umount", ["--no-mtab", netnsFolder]).catch(() => undefined);
    rmdirSync(netnsFolder);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "";
    if (!["ENOENT", "EBUSY", "ENOTEMPTY"].includes(code)) throw thrown;
  }
}
