import { BlockList, isIP } from "node:net";
import { fieldAt, textAt } from "../../deploy/fields";

/**
 * Every single flow that a NetworkPolicy opens, in words: whose pods, in which direction, with whom, on which port. Two
 * policies that open the same flow say the same words.
 * @param policy inputs of a NetworkPolicy
 */
export function flowsOf(policy: Readonly<Record<string, unknown>>): string[] {
  const namespace = textAt(policy, ["metadata", "namespace"]) ?? "";
  const pods = `${selected(fieldAt(policy, ["spec", "podSelector"]))} in ${namespace}`;
  const rules = (direction: "ingress" | "egress", side: "from" | "to", words: string) =>
    list(fieldAt(policy, ["spec", direction])).flatMap((rule) =>
      peersIn(fieldAt(rule, [side])).flatMap((peer) =>
        portsIn(fieldAt(rule, ["ports"])).map((port) => `${pods} ${words} ${peer}, ${port}`),
      ),
    );
  return [...rules("ingress", "from", "accept"), ...rules("egress", "to", "reach")];
}

const toAddresses = /^(.* addresses )([0-9a-fA-F.:]+)\/(\d+)(,.*)$/;

/** Whether a flow, in words, is open wherever another is: the same pods and port, and addresses that are among the other's. */
export function isPartOf(flow: string, other: string): boolean {
  const [, pods, address = "", bits, port] = toAddresses.exec(flow) ?? [];
  const [, otherPods, otherAddress = "", otherBits, otherPort] = toAddresses.exec(other) ?? [];
  if (pods === undefined || pods !== otherPods || port !== otherPort || Number(bits) < Number(otherBits)) return false;
  const [family, otherFamily] = [isIP(address), isIP(otherAddress)];
  if (family === 0 || family !== otherFamily) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const addresses = new BlockList();
  addresses.addSubnet(otherAddress, Number(otherBits), type);
  return addresses.check(address, type);
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Without a list of peers everybody is meant. */
function peersIn(peers: unknown): string[] {
  const all = list(peers);
  return all.length === 0 ? ["anybody"] : all.map(peerInWords);
}

function peerInWords(peer: unknown): string {
  const block = fieldAt(peer, ["ipBlock"]);
  if (block !== undefined) {
    const except = list(fieldAt(block, ["except"]));
    return `addresses ${textAt(block, ["cidr"]) ?? "?"}${except.length === 0 ? "" : ` but ${except.join(", ")}`}`;
  }
  const [pods, namespaces] = [fieldAt(peer, ["podSelector"]), fieldAt(peer, ["namespaceSelector"])];
  const where =
    namespaces === undefined ? "the same namespace" : namespaceInWords(labels(namespaces), expressions(namespaces));
  return `${pods === undefined ? "all pods" : selected(pods)} in ${where}`;
}

function namespaceInWords(matched: string, more: string): string {
  const all = [matched, more].filter((text) => text !== "").join(", ");
  return all === "" ? "any namespace" : all.replace(/^kubernetes\.io\/metadata\.name=/, "");
}

function selected(selector: unknown): string {
  const all = [labels(selector), expressions(selector)].filter((text) => text !== "").join(", ");
  if (all === "") return "all pods";
  const [, role] = /^fabric-topologies\.dev\/role=([^,]+)$/.exec(all) ?? [];
  return role === undefined ? `pods with ${all}` : `${role} pods`;
}

function labels(selector: unknown): string {
  const matched = fieldAt(selector, ["matchLabels"]);
  if (typeof matched !== "object" || matched === null) return "";
  return Object.entries(matched)
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(", ");
}

function expressions(selector: unknown): string {
  return list(fieldAt(selector, ["matchExpressions"]))
    .map((one) => {
      const values = list(fieldAt(one, ["values"]));
      return `${textAt(one, ["key"]) ?? ""} ${textAt(one, ["operator"]) ?? ""} ${values.join("|")}`.trim();
    })
    .sort()
    .join(", ");
}

function portsIn(ports: unknown): string[] {
  const all = list(ports);
  if (all.length === 0) return ["any port"];
  return all.map((port) => {
    const [first = "any", last] = [textAt(port, ["port"]), textAt(port, ["endPort"])];
    return `${textAt(port, ["protocol"]) ?? "TCP"} ${last === undefined ? first : `${first}-${last}`}`;
  });
}
