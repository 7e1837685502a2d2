import { isDeepStrictEqual } from "node:util";
import { ports } from "../../lib/fabric/ports";
import type { KubeObject } from "../../lib/constructs/manifests";
import { at, ofKind, synthesise, withAuthority } from "./support";

interface Peer {
  readonly namespaceSelector?: { readonly matchLabels: Record<string, string> };
  readonly podSelector?: { readonly matchLabels: Record<string, string> };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number }[];
}

const roleLabel = "fabric-topologies.dev/role";

/** Every connection that some policy allows on one side, as "namespace/role → namespace/role:port". */
function allowed(direction: "ingress" | "egress"): Set<string> {
  const result = new Set<string>();
  for (const policy of ofKind(synthesise(), "NetworkPolicy")) {
    const own = `${policy.metadata.namespace}/${roleOf(policy)}`;
    for (const rule of ((policy["spec"] as Record<string, unknown>)[direction] as Rule[] | undefined) ?? []) {
      for (const peer of rule.from ?? rule.to ?? []) {
        const namespace = peer.namespaceSelector?.matchLabels["kubernetes.io/metadata.name"];
        const role = peer.podSelector?.matchLabels[roleLabel];
        if (namespace === undefined || role === undefined) continue;
        for (const { port } of rule.ports) {
          const other = `${namespace}/${role}`;
          result.add(direction === "egress" ? `${own} → ${other}:${port}` : `${other} → ${own}:${port}`);
        }
      }
    }
  }
  return result;
}

function roleOf(policy: KubeObject): string {
  const labels = at(policy, "spec.podSelector") as { matchLabels?: Record<string, string> };
  return labels.matchLabels?.[roleLabel] ?? "*";
}

test("every namespace denies what is not allowed, in both directions", () => {
  const manifests = synthesise();
  for (const { metadata } of ofKind(manifests, "Namespace")) {
    const denied = ofKind(manifests, "NetworkPolicy").find(
      (policy) => policy.metadata.namespace === metadata.name && policy.metadata.name === "default-deny",
    );
    expect(at(denied, "spec")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  }
});

test("what one side may send the other may receive, and nothing else", () => {
  expect(allowed("egress")).toEqual(allowed("ingress"));
});

test("peers talk to the peers of channel mates only, and to every ordering node", () => {
  const flows = allowed("egress");
  const between = (one: string, other: string) =>
    flows.has(`trade-${one}/peer → trade-${other}/peer:${ports.peer.grpc}`);
  expect(between("bank-a", "bank-b")).toBe(true);
  expect(between("bank-b", "bank-c")).toBe(true);
  expect(between("bank-a", "bank-c")).toBe(false);
  expect(between("bank-a", "bank-a")).toBe(true);
  for (const bank of ["bank-a", "bank-b", "bank-c"]) {
    expect(flows).toContain(`trade-${bank}/peer → trade-ordering/orderer:${ports.orderer.grpc}`);
  }
});

test("ordering nodes call nobody but each other, and the authority that they enrol with", () => {
  const calls = [...allowed("egress")].filter((flow) => flow.startsWith("trade-ordering/orderer"));
  expect(calls.sort()).toEqual([
    `trade-ordering/orderer → trade-ordering/ca:${ports.certificateAuthority.https}`,
    `trade-ordering/orderer → trade-ordering/ca:${ports.certificateAuthority.tls}`,
    `trade-ordering/orderer → trade-ordering/orderer:${ports.orderer.grpc}`,
  ]);
});

test("only the agent of their own organisation reaches the admin port of ordering nodes", () => {
  const admin = [...allowed("ingress")].filter((flow) => flow.endsWith(`/orderer:${ports.orderer.admin}`));
  expect(admin).toEqual([`trade-ordering/agent → trade-ordering/orderer:${ports.orderer.admin}`]);
});

test("authorities, chaincode and agents are asked by their own organisation only", () => {
  const foreign = [...allowed("ingress")].filter((flow) => {
    const [, from, to, role] = /^(.*)\/.* → (.*)\/(.*):/.exec(flow) ?? [];
    return from !== to && ["ca", "chaincode", "agent", "register"].includes(role ?? "");
  });
  expect(foreign).toEqual([]);
});

test("an authority may reach its database, where it has one, and nobody else may", () => {
  const consortium = withAuthority({
    replicas: 2,
    certificates: { secretName: "bank-authorities" },
    registry: { postgresql: { secretName: "bank-registry", cidr: "10.9.0.0/16", port: 6432 } },
  });
  const to = [{ ipBlock: { cidr: "10.9.0.0/16" } }];
  const reaching = ofKind(synthesise(consortium), "NetworkPolicy").filter((policy) =>
    (policy["spec"] as { egress?: { to?: unknown }[] }).egress?.some((rule) => isDeepStrictEqual(rule.to, to)),
  );
  expect(reaching.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(["trade-bank-a/ca"]);
  expect(JSON.stringify(reaching)).toContain('"port":6432');
});

test("only those who must talk to the API server may", () => {
  const may = ofKind(synthesise(), "NetworkPolicy")
    .filter(({ metadata }) => metadata.namespace === "trade-bank-a")
    .filter((policy) =>
      (
        (policy["spec"] as { egress?: unknown }).egress as { to?: { ipBlock?: { cidr: string } }[] }[] | undefined
      )?.some(({ to }) => to?.some(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0")),
    )
    .map(({ metadata }) => metadata.name);
  expect(may.sort()).toEqual(["agent", "ca-init", "register"]);
});
