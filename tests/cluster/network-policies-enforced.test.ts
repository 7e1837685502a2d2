/**
 * NetworkPolicies in the kernel: connections between network namespaces that stand for pods are open where the policies
 * allow them, and refused at once where they do not.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CoreV1Api, NetworkingV1Api, type V1NetworkPolicy, type V1Pod } from "@kubernetes/client-node";
import * as fc from "fast-check";
import { type PolicyEnforcer, startPolicyEnforcer } from "../../sandbox/policies/enforcer";
import { networkedPods } from "../../sandbox/policies/pods";
import { removal, ruleset, table } from "../../sandbox/policies/ruleset";
import { arbitraryWorld, policyPorts } from "../support/arbitrary-policies";
import { isAllowed, type World } from "../support/policy-oracle";
import { createNamespace, deleteNamespace, eventually, sharedSandbox } from "./support/cluster";
import { PodNetwork, type StandIn } from "./support/pod-network";
import { obstacle } from "./support/probe";

const why = obstacle();
const nodes = ["policy-one", "policy-two"] as const;
const [one, two] = nodes;

let network: PodNetwork;
const pod = (node: string, number: number): StandIn => network.find(`${node}-${number}`);

if (why !== undefined) {
  test.skip(`NetworkPolicies in the kernel: ${why}`, () => undefined);
} else {
  beforeAll(async () => {
    network = await PodNetwork.make({ [one]: 3, [two]: 2 }, [...policyPorts]);
  });
  afterAll(async () => {
    await network.remove();
  });

  describe("compiled rules", () => {
    afterEach(() => {
      for (const node of nodes) network.run(node, ["nft", "-f", "-"], removal);
    });

    const load = ({ policies, pods, namespaces }: World): void => {
      for (const node of nodes) {
        network.run(node, ["nft", "-f", "-"], ruleset(policies, networkedPods(pods, namespaces), node));
      }
    };

    const places = () =>
      nodes.flatMap((node) => network.podsOf(node).map(({ ipv4, ipv6 }) => ({ node, addresses: [ipv4, ipv6] })));

    /** Tries every connection between pods and `outside`, and gives those that went otherwise than `expected`. */
    const surprises = async (world: World) => {
      const attempts = network.everybody.flatMap((from) =>
        network.everybody.flatMap((to) =>
          (["ipv4", "ipv6"] as const).flatMap((version) =>
            policyPorts.map(async (port) => {
              const connection = { from: from[version], to: to[version], protocol: "TCP", port };
              const expected = isAllowed(world, connection) ? "open" : "refused";
              const outcome = await network.attempt(from.name, { address: to[version], port });
              return { ...connection, expected, outcome };
            }),
          ),
        ),
      );
      const all = await Promise.all(attempts);
      expect(all).toHaveLength(6 * 6 * 2 * policyPorts.length);
      return all.filter(({ expected, outcome }) => expected !== outcome);
    };

    test("without policies, every connection is open", async () => {
      const [world] = fc.sample(arbitraryWorld(places()), { numRuns: 1, seed: 1 });
      const open = { ...world!, policies: [] };
      load(open);
      expect(await surprises(open)).toEqual([]);
    });

    test(
      "with any policies, exactly the connections that their definition allows are open, all others are refused at once",
      async () => {
        await fc.assert(
          fc.asyncProperty(arbitraryWorld(places()), async (world) => {
            load(world);
            expect(await surprises(world)).toEqual([]);
          }),
          { numRuns: 30, endOnFailure: true },
        );
      },
      5 * 60_000,
    );

    /** No pod may receive or send anything, but to be reached on 1001 by `allowed`. */
    const closed = (allowed: string): World => ({
      namespaces: [{ metadata: { name: "red" } }],
      pods: nodes.flatMap((node) =>
        network.podsOf(node).map(({ name, ipv4, ipv6 }) => ({
          metadata: { namespace: "red", name, labels: { name } },
          spec: { nodeName: node, containers: [] },
          status: { podIPs: [{ ip: ipv4 }, { ip: ipv6 }] },
        })),
      ),
      policies: [
        {
          metadata: { namespace: "red", name: "allow" },
          spec: {
            podSelector: {},
            policyTypes: ["Ingress", "Egress"],
            ingress: [{ _from: [{ podSelector: { matchLabels: { name: allowed } } }], ports: [{ port: 1001 }] }],
            egress: [{ ports: [{ port: 1001 }] }],
          },
        },
      ],
    });

    test("a node reaches its own pods, as a kubelet's probes must, and no pod of another node", async () => {
      load(closed(pod(one, 1).name));
      expect(await network.attempt(one, { address: pod(one, 2).ipv4, port: 1002 })).toBe("open");
      expect(await network.attempt(two, { address: pod(one, 2).ipv4, port: 1002 })).toBe("refused");
    });

    test("a Service's address, translated as kube-proxy does it, leads to its pod for whom the policies allow", async () => {
      load(closed(pod(one, 1).name));
      const service = { address: "10.96.7.7", port: 80 };
      const translation = (to: string): string => `table ip services {
        chain prerouting { type nat hook prerouting priority dstnat; ip daddr ${service.address} tcp dport 80 dnat to ${to}; }
        chain postrouting { type nat hook postrouting priority srcnat; ip saddr ${to.split(":")[0]} ip daddr ${to.split(":")[0]} masquerade; }
      }`;
      network.run(one, ["nft", "-f", "-"], translation(`${pod(two, 1).ipv4}:1001`));
      try {
        expect(await network.attempt(pod(one, 1).name, service)).toBe("open");
        expect(await network.attempt(pod(one, 2).name, service)).toBe("refused");
        // To itself, through the Service, on a port that no policy allows.
        network.run(one, ["nft", "-f", "-"], `delete table ip services\n${translation(`${pod(one, 2).ipv4}:1002`)}`);
        expect(await network.attempt(pod(one, 2).name, service)).toBe("open");
        expect(await network.attempt(pod(one, 1).name, service)).toBe("refused");
      } finally {
        network.run(one, ["nft", "delete", "table", "ip", "services"]);
      }
    });
  });

  describe("the enforcer on a real control plane", () => {
    const logged: string[] = [];
    let enforcer: PolicyEnforcer;
    let core: CoreV1Api;
    let networking: NetworkingV1Api;
    let namespace: string;
    let end: (() => Promise<void>) | undefined;

    const makePod = async ({ name, ipv4, ipv6 }: StandIn, nodeName: string): Promise<void> => {
      const body: V1Pod = {
        metadata: { name, labels: { name } },
        spec: { nodeName, containers: [{ name: "main", image: "example.org/main:1" }] },
      };
      const made = await core.createNamespacedPod({ namespace, body });
      const status = { phase: "Running", podIP: ipv4, podIPs: [{ ip: ipv4 }, { ip: ipv6 }] };
      await core.replaceNamespacedPodStatus({ namespace, name, body: { ...made, status } });
    };
    const policy = (name: string, spec: NonNullable<V1NetworkPolicy["spec"]>) =>
      networking.createNamespacedNetworkPolicy({ namespace, body: { metadata: { name }, spec } });
    const becomes = (outcome: string, from: StandIn, to: StandIn, port = 1001): Promise<void> =>
      eventually(
        `${from.name} to ${to.name}: ${outcome}`,
        async () => (await network.attempt(from.name, { address: to.ipv4, port })) === outcome,
        10,
      );
    const tables = (node: string): string => network.run(node, ["nft", "list", "tables"]);

    beforeAll(async () => {
      const { config } = await sharedSandbox();
      core = config.makeApiClient(CoreV1Api);
      networking = config.makeApiClient(NetworkingV1Api);
      namespace = await createNamespace(config);
      // Nodes that nobody simulates, and on which nobody else's pods are put.
      for (const name of nodes) await core.createNode({ body: { metadata: { name }, spec: { unschedulable: true } } });
      for (const node of nodes) for (const stand of network.podsOf(node)) await makePod(stand, node);
      enforcer = await startPolicyEnforcer(
        config,
        nodes.map((name) => ({ name, netns: network.netns(name) })),
        (line) => logged.push(line),
      );
      end = async () => {
        await enforcer.stop();
        // No kubelet will say that they have ended.
        await core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 });
        for (const node of nodes) await core.deleteNode({ name: node });
        await deleteNamespace(config, namespace);
      };
    });
    afterAll(() => end?.());

    test("lets everything through while there is no policy, on every node, once it says so", async () => {
      await enforcer.whenApplied();
      for (const node of nodes) expect(tables(node)).toContain(table);
      expect(await network.attempt(pod(one, 1).name, { address: pod(two, 1).ipv4, port: 1001 })).toBe("open");
    });

    test("follows policies as they come, change and go", async () => {
      const [from, to, other] = [pod(one, 1), pod(two, 1), pod(one, 2)];
      await policy("deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
      await becomes("refused", from, to);
      await becomes("refused", other, from);
      await policy("send", { podSelector: {}, policyTypes: ["Egress"], egress: [{ ports: [{ port: 1001 }] }] });
      await policy("receive", {
        podSelector: { matchLabels: { name: to.name } },
        ingress: [{ _from: [{ podSelector: { matchLabels: { name: from.name } } }] }],
      });
      await becomes("open", from, to);
      expect(await network.attempt(other.name, { address: to.ipv4, port: 1001 })).toBe("refused");
      expect(await network.attempt(from.name, { address: to.ipv4, port: 1002 })).toBe("refused");
      await networking.deleteNamespacedNetworkPolicy({ namespace, name: "receive" });
      await becomes("refused", from, to);
    });

    test("knows a pod that comes later, and forgets one that goes", async () => {
      const [late, to] = [pod(two, 2), pod(two, 1)];
      await core.deleteNamespacedPod({ namespace, name: late.name, gracePeriodSeconds: 0 });
      await policy("receive", {
        podSelector: { matchLabels: { name: to.name } },
        ingress: [{ _from: [{ podSelector: { matchLabels: { name: late.name } } }] }],
      });
      // Its address is nobody's now: free to send, and not among those who may be received.
      await eventually("it is forgotten", () => !network.run(two, ["nft", "list", "ruleset"]).includes(late.ipv4), 10);
      await becomes("refused", late, to);
      await makePod(late, two);
      await becomes("open", late, to);
    });

    test("gives a node that comes back its rules again, and logs nothing about one that is away", async () => {
      expect(tables(one)).toContain(table);
      await network.renew(one);
      await eventually("the node has its rules", () => tables(one).includes(table), 10);
      await becomes("refused", pod(one, 1), pod(one, 2), 1002);
      expect(logged).toEqual([]);
    });

    test("leaves no rules behind when it is stopped", async () => {
      await enforcer.stop();
      for (const node of nodes) expect(tables(node)).toBe("");
      await expect(enforcer.whenApplied()).rejects.toThrow("stopped");
      await becomes("open", pod(one, 1), pod(one, 2), 1002);
    });

    test("says why rules could not be loaded, once, and goes on trying until they can be", async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "policies-"));
      const netns = path.join(folder, "netns");
      const said: string[] = [];
      writeFileSync(netns, "no namespace");
      const { config } = await sharedSandbox();
      const second = await startPolicyEnforcer(config, [{ name: two, netns }], (line) => said.push(line));
      try {
        const applied = second.whenApplied();
        await eventually("it says so", () => said.length > 0, 10);
        rmSync(netns);
        symlinkSync(`/run/netns/${network.netns(two)}`, netns);
        await applied;
        expect(tables(two)).toContain(table);
        expect(said).toEqual([expect.stringMatching(/^policies: policy-two: nsenter: .*; trying again$/)]);
      } finally {
        await second.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}
