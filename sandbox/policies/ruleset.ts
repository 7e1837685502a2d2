/**
 * The rules of one node as text for `nft -f`: a table of our own in the forward hook, which every packet to or from a pod
 * passes. What the node itself sends to its pods, such as a kubelet's probes, does not pass it. Services' addresses have
 * been translated before (kube-proxy does so in the prerouting hook), so that the rules see pods' addresses only.
 * Source: nftables' manual, nft(8).
 */
import { createHash } from "node:crypto";
import type { V1NetworkPolicy } from "@kubernetes/client-node";
import { type Family, formatRange, union } from "./addresses";
import { type Allowance, type Direction, everyPort, isolations, type Ports } from "./isolation";
import type { NetworkedPod } from "./pods";

/** The name of the table, in the family `inet`. */
export const table = "network_policies";

/** Removes the table, whether it is there or not. */
export const removal = `table inet ${table}\ndelete table inet ${table}\n`;

interface FamilyWords {
  readonly family: Family;
  readonly keyword: string;
  readonly type: string;
}

const families: readonly FamilyWords[] = [
  { family: 4, keyword: "ip", type: "ipv4_addr" },
  { family: 6, keyword: "ip6", type: "ipv6_addr" },
];

/** A refused connection is refused at once, not left to time out. */
const refusal = chain("refuse", ["meta l4proto tcp reject with tcp reset", "reject with icmpx port-unreachable"]);

/**
 * The rules of a node. They replace those that stand there, in one transaction. The same input gives the same text.
 * @param pods all pods of the cluster; those of this node are isolated as the policies say
 */
export function ruleset(policies: readonly V1NetworkPolicy[], pods: readonly NetworkedPod[], node: string): string {
  const isolationOf = isolations(policies, pods);
  const sets = new Map<string, string>();
  const chains = new Map<string, string>();
  const local = pods.filter((pod) => pod.node === node).map((pod) => ({ pod, isolation: isolationOf(pod) }));

  const maps = families.flatMap((words) => [
    set(
      "set",
      `self_${words.keyword}`,
      `${words.type} . ${words.type}`,
      addresses(pods, words).map((address) => `${address} . ${address}`),
    ),
    ...(["egress", "ingress"] as const).map((direction) =>
      set(
        "map",
        `${direction}_${words.keyword}`,
        `${words.type} : verdict`,
        local.flatMap(({ pod, isolation }) => {
          const allowances = isolation[direction];
          if (allowances === undefined) return [];
          const name = allowancesChain(direction, allowances, sets, chains);
          return addresses([pod], words).map((address) => `${address} : jump ${name}`);
        }),
      ),
    ),
  ]);
  const forward = chain("forward", [
    "type filter hook forward priority filter; policy accept;",
    // What was allowed to begin may be answered.
    "ct state established,related accept",
    // No policy keeps a pod from itself, which it reaches through a Service.
    ...families.map(({ keyword }) => `${keyword} saddr . ${keyword} daddr @self_${keyword} accept`),
    ...families.map(({ keyword }) => `${keyword} saddr vmap @egress_${keyword}`),
    ...families.map(({ keyword }) => `${keyword} daddr vmap @ingress_${keyword}`),
  ]);
  const body = [...sortedValues(sets), refusal, ...sortedValues(chains), ...maps, forward];
  return `${removal}table inet ${table} {\n${body.join("\n")}\n}\n`;
}

/** The chain of what pods may do in one direction: it returns for what is allowed, and refuses the rest. */
function allowancesChain(
  direction: Direction,
  allowances: readonly Allowance[],
  sets: Map<string, string>,
  chains: Map<string, string>,
): string {
  const rules = byPorts(allowances).flatMap(({ ports, peers }) =>
    peerMatches(direction, peers, sets).flatMap((peer) => portMatches(ports).map((port) => `${peer}${port}return`)),
  );
  const name = `${direction}_${digest(rules)}`;
  chains.set(name, chain(name, [...rules, "goto refuse"]));
  return name;
}

/** One allowance for each list of ports, whatever policies it comes from. */
function byPorts(allowances: readonly Allowance[]): Allowance[] {
  const merged = new Map<string, Allowance>();
  for (const { ports, peers } of allowances) {
    const key = ports === "all" ? ports : portMatches(ports).join();
    const before = merged.get(key)?.peers ?? [];
    merged.set(key, {
      ports,
      peers: before === "everyone" || peers === "everyone" ? "everyone" : union([...before, ...peers]),
    });
  }
  return [...merged].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, allowance]) => allowance);
}

/** Matches of peers' addresses, one for each IP version; peers that stand in many rules are one set. */
function peerMatches(direction: Direction, peers: Allowance["peers"], sets: Map<string, string>): string[] {
  if (peers === "everyone") return [""];
  const end = direction === "ingress" ? "saddr" : "daddr";
  return families.flatMap(({ family, keyword, type }) => {
    const elements = peers.filter((range) => range.family === family).map(formatRange);
    if (elements.length === 0) return [];
    const name = `peers_${keyword}_${digest(elements)}`;
    sets.set(name, set("set", name, type, elements, "flags interval; "));
    return [`${keyword} ${end} @${name} `];
  });
}

/** Matches of ports, one for each protocol. */
function portMatches(ports: Allowance["ports"]): string[] {
  if (ports === "all") return [""];
  const protocols = [...new Set(ports.map(({ protocol }) => protocol))].sort();
  return protocols.map((protocol) => {
    const ranges = unitedPorts(ports.filter((port) => port.protocol === protocol));
    const keyword = protocol.toLowerCase();
    const isWhole = ranges.some(({ first, last }) => first === everyPort.first && last === everyPort.last);
    if (isWhole) return `meta l4proto ${keyword} `;
    return `${keyword} dport { ${ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(", ")} } `;
  });
}

function unitedPorts(ports: readonly Ports[]): Ports[] {
  const united: Ports[] = [];
  for (const port of [...ports].sort((one, other) => one.first - other.first || one.last - other.last)) {
    const before = united.at(-1);
    if (before && port.first <= before.last + 1) {
      united[united.length - 1] = { ...before, last: Math.max(before.last, port.last) };
    } else {
      united.push(port);
    }
  }
  return united;
}

const addresses = (pods: readonly NetworkedPod[], { family }: FamilyWords): string[] =>
  pods.flatMap((pod) => pod.addresses.filter((range) => range.family === family).map(formatRange)).sort();

function chain(name: string, rules: readonly string[]): string {
  return `  chain ${name} {\n${rules.map((rule) => `    ${rule}\n`).join("")}  }`;
}

function set(kind: "set" | "map", name: string, type: string, elements: readonly string[], flags = ""): string {
  const content = elements.length === 0 ? "" : ` elements = { ${elements.join(", ")} };`;
  return `  ${kind} ${name} { type ${type}; ${flags}${content} }`;
}

const digest = (lines: readonly string[]): string =>
  createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 12);

const sortedValues = (map: ReadonlyMap<string, string>): string[] =>
  [...map].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
