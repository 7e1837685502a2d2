import { networkPolicies } from "../cel";
import { deployment, object, stack } from "../examples";
import { at, fields, items, roleLabel, podOf, selects, texts, type Fields } from "../manifest";
import type { Fault, Manifest, Rule } from "../rule";

const common = { domain: "network" } as const;
const boundary = "GB/T 22239-2019 (MLPS 2.0), secure area boundary: access control";

const policy = (name: string, spec: Fields): Manifest =>
  object("networking.k8s.io/v1", "NetworkPolicy", name, { spec: { podSelector: {}, ...spec } });

const peers = { podSelector: { matchLabels: { "fabric-topologies.dev/role": "peer" } } };
const everywhere = new Set(["0.0.0.0/0", "::/0"]);

/** Whether one end of a rule is anybody at all. */
function isAnybody({ ipBlock, namespaceSelector, podSelector }: Fields): boolean {
  if (ipBlock !== undefined) return everywhere.has(String(fields(ipBlock)["cidr"]));
  return namespaceSelector !== undefined && podSelector === undefined && selectsAll(namespaceSelector);
}

const selectsAll = (selector: unknown) =>
  Object.keys(fields(fields(selector)["matchLabels"])).length === 0 &&
  items(fields(selector)["matchExpressions"]).length === 0;

const directions = (one: Manifest) => texts(at(one, "spec", "policyTypes"));

/** Nothing goes in or out by default, and nothing is let in from everywhere. */
export const networkRules: readonly Rule[] = [
  {
    ...common,
    scope: "stack",
    id: "network-default-deny",
    title: "Every namespace with pods denies all traffic that no other policy allows, in and out",
    severity: "mandatory",
    why: "Where no policy selects a pod, everybody in the cluster may talk to it, and it to everybody.",
    sources: [
      "R2",
      "Kubernetes documentation, Network Policies: Default deny all ingress and all egress traffic",
      boundary,
    ],
    remedy: "Make a NetworkPolicy that selects all pods, names both directions and allows nothing.",
    check: (seen) =>
      seen.sites.flatMap(({ objects }) => {
        const denied = new Set(
          objects
            .filter((one) => one.kind === "NetworkPolicy" && selectsAll(at(one, "spec", "podSelector")))
            .filter((one) => ["Ingress", "Egress"].every((direction) => directions(one).includes(direction)))
            .filter((one) => ["ingress", "egress"].every((rules) => items(at(one, "spec", rules)).length === 0))
            .map(({ metadata }) => metadata.namespace),
        );
        const open = new Map<string, Manifest>();
        for (const one of objects) {
          const { namespace } = one.metadata;
          if (podOf(one) === undefined || namespace === undefined || denied.has(namespace) || open.has(namespace))
            continue;
          open.set(namespace, one);
        }
        return [...open].map(([namespace, one]): Fault => ({
          found: `the namespace ${namespace}, which denies nothing by default`,
          object: one,
        }));
      }),
    examples: {
      bad: stack(deployment({}), policy("default-deny", { policyTypes: ["Ingress"] })),
      good: stack(deployment({}), policy("default-deny", { policyTypes: ["Ingress", "Egress"] })),
    },
  },
  {
    ...common,
    scope: "stack",
    id: "network-policy-of-role",
    title: "Every pod is named by a policy that says whom it may talk to",
    severity: "mandatory",
    why: "A pod that only the default denies neither enrols nor serves, and whoever is in a hurry then opens the namespace.",
    sources: ["Kubernetes documentation, Network Policies", "lib/fabric/flows.ts"],
    remedy: "Make a NetworkPolicy that selects the role's pods, from the list of flows.",
    check: (seen) =>
      seen.sites.flatMap(({ objects }) => {
        const policies = new Map<string | undefined, Manifest[]>();
        for (const one of objects) {
          if (one.kind !== "NetworkPolicy" || selectsAll(at(one, "spec", "podSelector"))) continue;
          const here = policies.get(one.metadata.namespace);
          if (here === undefined) policies.set(one.metadata.namespace, [one]);
          else here.push(one);
        }
        return objects.flatMap((one): Fault[] => {
          const pod = podOf(one);
          if (pod === undefined) return [];
          const here = policies.get(one.metadata.namespace) ?? [];
          const named = here.some((other) => selects(at(other, "spec", "podSelector"), pod.labels));
          return named ? [] : [{ found: "pods that no policy of their own selects", object: one }];
        });
      }),
    examples: {
      bad: stack(deployment({}), policy("peer", { ...peers, policyTypes: ["Ingress", "Egress"] })),
      good: stack(
        deployment({}),
        policy("chaincode", {
          podSelector: { matchLabels: { "fabric-topologies.dev/role": "chaincode" } },
          policyTypes: ["Ingress", "Egress"],
        }),
      ),
    },
  },
  {
    ...common,
    scope: "object",
    kinds: ["NetworkPolicy"],
    id: "network-no-open-ingress",
    title: "No policy lets everybody in",
    severity: "mandatory",
    why: "A rule without a sender, from all namespaces or from all addresses undoes the default: any pod of the cluster may try its luck with a peer.",
    sources: ["R2", "Kubernetes documentation, Network Policies", boundary],
    remedy: "Name the senders: pods by their role label, or namespaces by the network's label.",
    check: (one) =>
      items(at(one, "spec", "ingress")).flatMap((rule, index): Fault[] => {
        // A gateway is there for anybody, and has a namespace to itself.
        if (at(one, "metadata", "labels", roleLabel) === "gateway") return [];
        const from = items(rule["from"]);
        return from.length === 0 || from.some(isAnybody)
          ? [{ found: `anybody as the sender of ingress rule ${index + 1}` }]
          : [];
      }),
    examples: {
      bad: policy("peer", { ...peers, ingress: [{ ports: [{ port: 7051, protocol: "TCP" }] }] }),
      good: policy("peer", { ...peers, ingress: [{ from: [peers], ports: [{ port: 7051, protocol: "TCP" }] }] }),
    },
    cel: {
      on: networkPolicies,
      expression:
        `object.metadata.?labels['${roleLabel}'].orValue('') == 'gateway' || ` +
        "object.spec.?ingress.orValue([]).all(r, r.?from.orValue([]).size() > 0 && r.from.all(p, has(p.ipBlock) ? !(p.ipBlock.cidr in ['0.0.0.0/0', '::/0']) : (!has(p.namespaceSelector) || has(p.podSelector) || p.namespaceSelector.?matchLabels.orValue({}).size() + p.namespaceSelector.?matchExpressions.orValue([]).size() > 0)))",
      message: "no policy may let everybody in",
    },
  },
  {
    ...common,
    scope: "object",
    kinds: ["NetworkPolicy"],
    id: "network-ports-named",
    title: "Every rule of a policy names its ports",
    severity: "mandatory",
    why: "Without ports a rule opens all of them: the ordering nodes' admin port and the ports with metrics beside the one that was meant.",
    sources: ["R2", boundary],
    remedy: "List the ports under each rule.",
    check: (one) =>
      (["ingress", "egress"] as const).flatMap((direction) =>
        items(at(one, "spec", direction)).flatMap((rule, index): Fault[] =>
          items(rule["ports"]).length === 0 ? [{ found: `no port in ${direction} rule ${index + 1}` }] : [],
        ),
      ),
    examples: {
      bad: policy("peer", { ...peers, egress: [{ to: [peers] }] }),
      good: policy("peer", { ...peers, egress: [{ to: [peers], ports: [{ port: 7051, protocol: "TCP" }] }] }),
    },
    cel: {
      on: networkPolicies,
      expression:
        "(object.spec.?ingress.orValue([]) + object.spec.?egress.orValue([])).all(r, r.?ports.orValue([]).size() > 0)",
      message: "every rule of a policy must name its ports",
    },
  },
  {
    ...common,
    scope: "object",
    kinds: ["NetworkPolicy"],
    id: "network-egress-narrow",
    title: "No policy lets pods talk to every address",
    severity: "advisory",
    why: "The API server is no pod, so it is named by its address; as long as nobody says which, agents may reach that port anywhere.",
    sources: [boundary, "docs/infrastructure-team.md"],
    remedy:
      "Set `apiServer.cidr` of the site to the API server's addresses, and `registry.postgresql.cidr` to the database's.",
    check: (one) =>
      items(at(one, "spec", "egress")).flatMap((rule, index): Fault[] => {
        const to = items(rule["to"]);
        return to.length === 0 || to.some(isAnybody)
          ? [{ found: `anybody as the receiver of egress rule ${index + 1}` }]
          : [];
      }),
    examples: {
      bad: policy("agent", { egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 6443 }] }] }),
      good: policy("agent", { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.1/32" } }], ports: [{ port: 6443 }] }] }),
    },
    cel: {
      on: networkPolicies,
      expression:
        "object.spec.?egress.orValue([]).all(r, r.?to.orValue([]).size() > 0 && r.to.all(p, has(p.ipBlock) ? !(p.ipBlock.cidr in ['0.0.0.0/0', '::/0']) : (!has(p.namespaceSelector) || has(p.podSelector) || p.namespaceSelector.?matchLabels.orValue({}).size() + p.namespaceSelector.?matchExpressions.orValue([]).size() > 0)))",
      message: "no policy may let pods talk to every address",
    },
  },
];
