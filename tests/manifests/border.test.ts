/** What a network over several clusters needs besides: trust, boards, and ways over the border. */
import type { KubeObject, SiteManifests } from "../../lib/constructs/manifests";
import { ports } from "../../lib/fabric/ports";
import { settingsSchema, type SettingsInput } from "../../lib/spec/settings";
import federated from "../../topologies/federated";
import { network } from "../support/models";
import { at, find, ofKind, synthesise } from "./support";

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

const site = (name: string, addresses: string[], witness = false): SettingsInput["sites"][number] => ({
  name,
  zones: [{ name: `${name}-a`, witness }],
  gateway: { addresses },
});

function threeClouds(addresses: readonly string[][] = [["192.0.2.1"], ["192.0.2.2"], ["2001:db8::3"]]) {
  const settings = settingsSchema.parse({
    topology: "federated",
    network: "network.yaml",
    federation: { engine: "direct" },
    sites: [
      site("aws-prod", addresses[0] ?? []),
      site("gcp-staging", addresses[1] ?? []),
      site("azure-witness", addresses[2] ?? [], true),
    ],
  });
  const model = network({
    name: "trade",
    organisations: [
      { name: "amber", peers: [{ name: "peer0", replicas: 2 }] },
      { name: "clearing", orderers: { nodes: 5 } },
    ],
    channels: [{ name: "settlement", members: ["amber"] }],
  });
  const placement = federated.place(model, settings);
  const manifests = federated.synthesise(placement, settings);
  return (name: string): SiteManifests => manifests.find((one) => one.site === name)!;
}

const initContainers = (workload: KubeObject) => at(workload, "spec.template.spec.initContainers") as Container[];
const variable = (container: Container | undefined, name: string) =>
  container?.env?.find((one) => one.name === name)?.value;

test("nodes wait for the authorities of all other sites, agents for none", () => {
  const aws = threeClouds()("aws-prod");
  for (const set of ofKind(aws, "StatefulSet").filter(({ metadata }) => /^(peer|orderer)/.test(metadata.name))) {
    const [first, second] = initContainers(set);
    expect([first?.name, second?.name]).toEqual(["trust", "enrol"]);
    const expected = set.metadata.namespace === "trade-amber" ? "gcp-staging" : "gcp-staging azure-witness";
    expect(variable(first, "TRUST_SITES")).toBe(expected);
  }
  const agent = find(aws, "Deployment/trade-clearing/agent");
  expect(variable(initContainers(agent)[0], "TRUST_SITES")).toBe("");
});

test("each site has an agent of its own, whose board the gateway finds before the agent is ready", () => {
  const aws = threeClouds()("aws-prod");
  const agent = find(aws, "Deployment/trade-clearing/agent");
  const [container] = at(agent, "spec.template.spec.containers") as Container[];
  expect(variable(container, "AGENT_SITE")).toBe("aws-prod");
  const enrol = initContainers(agent).find(({ name }) => name === "enrol");
  expect(variable(enrol, "ENROL_HOSTS")).toMatch(/^agent,agent\.aws-prod\.clearing\./);
  expect(at(find(aws, "Service/trade-clearing/agent-board"), "spec")).toMatchObject({
    publishNotReadyAddresses: true,
    ports: [{ port: ports.agent.board }],
  });
});

test("agents may read what Pulumi brings from other sites, in all namespaces, and change it in none", () => {
  const witness = threeClouds()("azure-witness");
  for (const namespace of ["trade-amber", "trade-clearing"])
    expect(at(find(witness, `Role/${namespace}/agent-public`), "rules.0.resourceNames")).toContain("msp-abroad");
  const own = at(find(witness, "Role/trade-clearing/agent"), "rules") as { resourceNames?: string[] }[];
  expect(own.flatMap(({ resourceNames = [] }) => resourceNames)).not.toContain("msp-abroad");
});

test("nodes, agents and clients reach the gateways of all sites, and authorities and chaincode nobody abroad", () => {
  const aws = threeClouds()("aws-prod");
  const reached = (role: string) =>
    JSON.stringify(at(find(aws, `NetworkPolicy/trade-amber/${role}`), "spec.egress")).match(
      /192\.0\.2\.\d\/32|2001:db8::3\/128/g,
    );
  for (const role of ["peer", "agent", "client"])
    expect(reached(role)).toEqual(["192.0.2.1/32", "192.0.2.2/32", "2001:db8::3/128"]);
  for (const role of ["ca", "ca-init", "register", "chaincode"]) expect(reached(role)).toBeNull();
});

test("where a gateway's address is not known, or is a name, it may be anywhere", () => {
  for (const unknown of [[], ["gateway.gcp.example.com"]]) {
    const aws = threeClouds([["192.0.2.1"], unknown, ["192.0.2.3"]])("aws-prod");
    const text = JSON.stringify(at(find(aws, "NetworkPolicy/trade-amber/peer"), "spec.egress"));
    expect(text).toContain('{"ipBlock":{"cidr":"0.0.0.0/0"}}');
  }
});

test("from outside only the own site's gateway comes in, to the main port of nodes and to boards", () => {
  const aws = threeClouds()("aws-prod");
  const fromGateway = (namespace: string, role: string) =>
    (
      at(find(aws, `NetworkPolicy/${namespace}/${role}`), "spec.ingress") as {
        from: readonly unknown[];
        ports: readonly { port: number }[];
      }[]
    )
      .filter(({ from }) => JSON.stringify(from).includes('"trade-gateway"'))
      .flatMap((rule) => rule.ports.map(({ port }) => port));
  expect(fromGateway("trade-amber", "peer").sort()).toEqual([ports.peer.grpc, ports.peer.operations]);
  expect(fromGateway("trade-clearing", "orderer")).toEqual([ports.orderer.grpc]);
  expect(fromGateway("trade-clearing", "agent")).toEqual([ports.agent.board]);
  for (const role of ["ca", "chaincode"]) expect(fromGateway("trade-amber", role)).toEqual([]);
});

test("a network of one cluster has none of this", () => {
  const text = JSON.stringify(synthesise().objects);
  for (const word of ["msp-abroad", "AGENT_SITE", "agent-board", "TRUST_SITES", "trade-gateway"])
    expect(text).not.toContain(word);
});
