/**
 * Network namespaces that stand for nodes and their pods, connected as the sandbox's real nodes connect theirs: each pod
 * by a pair of interfaces to its node (ptp), the nodes by one between them. Nothing of the machine's own network is used.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { type Outcome, Probe, type Target } from "./probe";

/** A namespace that stands for a pod. */
export interface StandIn {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6: string;
}

/** What pods see of their nodes, and nodes of what connects them; a node has both ends, so they differ. */
const gateways = { pod: { ipv4: "169.254.7.1", ipv6: "fe80::7" }, node: { ipv4: "169.254.8.1", ipv6: "fe80::8" } };

/** Where everything comes together, and who is no pod: a machine beyond the nodes. */
const outside: StandIn = { name: "outside", ipv4: "10.98.0.1", ipv6: "fd98::1" };

export class PodNetwork {
  private readonly prefix = `pods-${randomBytes(4).toString("hex")}`;
  private readonly probes = new Map<string, Probe>();
  /** Pods, and `outside`. */
  readonly everybody: readonly StandIn[];

  private constructor(private readonly nodes: Readonly<Record<string, readonly StandIn[]>>) {
    this.everybody = [...Object.values(nodes).flat(), outside];
  }

  /** Makes nodes with so many pods each, and lets everybody, `outside` too, listen on the ports. */
  static async make(pods: Readonly<Record<string, number>>, ports: readonly number[]): Promise<PodNetwork> {
    const network = new PodNetwork(
      Object.fromEntries(
        Object.entries(pods).map(([node, count], n) => [
          node,
          Array.from({ length: count }, (_, p) => ({
            name: `${node}-${p + 1}`,
            ipv4: `10.99.${n + 1}.${p + 2}`,
            ipv6: `fd99::${n + 1}:${p + 2}`,
          })),
        ]),
      ),
    );
    try {
      network.connect();
      await Promise.all([
        ...network.everybody.map(({ name }) => network.listen(name, ports)),
        ...Object.keys(pods).map((node) => network.listen(node, [])),
      ]);
    } catch (thrown) {
      await network.remove();
      throw thrown;
    }
    return network;
  }

  /** The name of a node's or pod's network namespace. */
  netns = (name: string): string => `${this.prefix}-${name}`;

  podsOf = (node: string): readonly StandIn[] => this.nodes[node] ?? [];

  find(name: string): StandIn {
    const found = this.everybody.find((one) => one.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  }

  /** What becomes of a connection from a pod, from `outside`, or from a node. */
  async attempt(from: string, to: Target): Promise<Outcome> {
    const probe = this.probes.get(from);
    if (!probe) throw new Error(`there is no ${from}`);
    return probe.attempt(to);
  }

  /** Runs a program in a node's namespace, and gives what it writes. */
  run(node: string, command: readonly string[], input = ""): string {
    return execFileSync("ip", ["netns", "exec", this.netns(node), ...command], { input, encoding: "utf8" });
  }

  /** Ends a node and makes it anew: a new namespace under the same name, without any rules. Its pods stay. */
  async renew(node: string): Promise<void> {
    const index = Object.keys(this.nodes).indexOf(node);
    await this.probes.get(node)?.stop();
    // Now, as the kernel removes a namespace's interfaces later.
    ip("-n", this.netns(outside.name), "link", "delete", `node${index + 1}`);
    for (const { name } of this.podsOf(node)) ip("-n", this.netns(name), "link", "delete", "eth0");
    ip("netns", "delete", this.netns(node));
    this.connectNode(node, index);
    await this.listen(node, []);
  }

  async remove(): Promise<void> {
    await Promise.all([...this.probes.values()].map((probe) => probe.stop()));
    for (const name of [...this.everybody.map((one) => one.name), ...Object.keys(this.nodes)]) {
      try {
        ip("netns", "delete", this.netns(name));
      } catch {
        // It had not been made.
      }
    }
  }

  private connect(): void {
    for (const { name } of this.everybody) {
      ip("netns", "add", this.netns(name));
      ip("-n", this.netns(name), "link", "set", "lo", "up");
    }
    const at = ["-n", this.netns(outside.name)];
    ip(...at, "address", "add", `${outside.ipv4}/32`, "dev", "lo");
    ip(...at, "address", "add", `${outside.ipv6}/128`, "dev", "lo");
    forwarding(this.netns(outside.name));
    Object.keys(this.nodes).forEach((node, index) => {
      this.connectNode(node, index);
    });
  }

  private connectNode(node: string, index: number): void {
    const netns = this.netns(node);
    ip("netns", "add", netns);
    ip("-n", netns, "link", "set", "lo", "up");
    forwarding(netns);
    const device = `node${index + 1}`;
    const self = { name: node, ipv4: `10.97.0.${index + 1}`, ipv6: `fd97::${index + 1}` };
    this.link(outside.name, device, node, gateways.node);
    this.address(self);
    this.route(outside, [self], device);
    this.podsOf(node).forEach((pod, p) => {
      this.link(node, `pod${p + 1}`, pod.name, gateways.pod);
      this.address(pod);
      this.route(self, [pod], `pod${p + 1}`);
    });
    this.route(outside, this.podsOf(node), device, self);
  }

  /** A pair of interfaces: `device` above, `eth0` below with its default route. */
  private link(above: string, device: string, below: string, gateway: Omit<StandIn, "name">): void {
    const [up, down] = [this.netns(above), this.netns(below)];
    ip("-n", up, "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", down);
    ip("-n", up, "address", "add", `${gateway.ipv4}/32`, "dev", device);
    ip("-n", up, "-6", "address", "add", `${gateway.ipv6}/64`, "dev", device, "nodad");
    ip("-n", up, "link", "set", device, "up");
    ip("-n", down, "link", "set", "eth0", "up");
    ip("-n", down, "route", "add", gateway.ipv4, "dev", "eth0");
    ip("-n", down, "route", "add", "default", "via", gateway.ipv4, "dev", "eth0", "onlink");
    ip("-n", down, "-6", "route", "add", "default", "via", gateway.ipv6, "dev", "eth0");
  }

  private address({ name, ipv4, ipv6 }: StandIn): void {
    ip("-n", this.netns(name), "address", "add", `${ipv4}/32`, "dev", "eth0");
    ip("-n", this.netns(name), "-6", "address", "add", `${ipv6}/128`, "dev", "eth0", "nodad");
  }

  /** Packets carry the sender's own address, not that of the interface. */
  private route(from: StandIn, to: readonly StandIn[], device: string, via?: StandIn): void {
    const at = ["-n", this.netns(from.name)];
    for (const { ipv4, ipv6 } of to) {
      ip(...at, "route", "add", ipv4, ...(via ? ["via", via.ipv4] : []), "dev", device, "src", from.ipv4);
      ip(...at, "-6", "route", "add", ipv6, ...(via ? ["via", via.ipv6] : []), "dev", device, "src", from.ipv6);
    }
  }

  private async listen(name: string, ports: readonly number[]): Promise<void> {
    this.probes.set(name, await Probe.start(`/run/netns/${this.netns(name)}`, ports));
  }
}

const ip = (...words: string[]): void => {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
};

const forwarding = (netns: string): void => {
  for (const setting of ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"]) {
    execFileSync("ip", ["netns", "exec", netns, "sh", "-c", `echo 1 > /proc/sys/${setting}`]);
  }
};
