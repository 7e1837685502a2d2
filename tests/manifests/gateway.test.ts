/** The one door of a site: as hardened as everything behind it, never fewer than two, and open to nothing but its trade. */
import { ports } from "../../lib/fabric/ports";
import { objectKey, type KubeObject } from "../../lib/constructs/manifests";
import { settingsSchema, type SettingsInput } from "../../lib/spec/settings";
import federated from "../../topologies/federated";
import { network } from "../support/models";
import { at, find, ofKind } from "./support";

const addresses = ["192.0.2.1", "192.0.2.2", "2001:db8::3"];
const annotations = { "example.com/kind": "network" };
const namespace = "trade-gateway";

const sitesAt = (own: readonly string[]): SettingsInput["sites"] =>
  own.map((address, index) => ({
    name: `site-${index}`,
    zones: [{ name: `zone-${index}`, witness: index === 2 }],
    gateway: { addresses: [address], annotations },
  }));

/** The objects of three sites. */
function threeSites(gateway: "envoy" | "haproxy", more: Partial<SettingsInput> = {}) {
  const settings = settingsSchema.parse({
    topology: "federated",
    network: "network.yaml",
    federation: { engine: "direct" },
    ingress: { gateway, port: 8443 },
    sites: sitesAt(addresses),
    ...more,
  });
  const model = network({
    name: "trade",
    organisations: [
      { name: "amber", peers: [{ name: "peer0", replicas: 2 }] },
      { name: "clearing", orderers: { nodes: 5 } },
    ],
    channels: [{ name: "settlement", members: ["amber"] }],
  });
  expect(federated.check(model, settings)).toEqual([]);
  return federated.synthesise(federated.place(model, settings), settings);
}

/** Those of the first. */
const firstSite = (...input: Parameters<typeof threeSites>) => threeSites(...input)[0]!;

const podOf = (workload: KubeObject) => at(workload, "spec.template.spec") as Record<string, unknown>;

test("on every site all consenters have names: at home the pod itself, elsewhere the site's own gateway (R7)", () => {
  for (const site of threeSites("envoy")) {
    const border = find(site, `Service/${namespace}/border`);
    const inside = find(site, `Deployment/${namespace}/gateway`);
    expect(at(inside, "spec.selector.matchLabels")).toMatchObject(at(border, "spec.selector") as object);
    expect(at(border, "spec.ports")).toEqual([
      { name: "raft", port: ports.orderer.grpc, targetPort: ports.gateway.world },
    ]);
    for (let index = 0; index < 5; index++) {
      const pod = `orderer-${index}-0`;
      const home = site.objects.some((one) => objectKey(one) === `StatefulSet/trade-clearing/orderer-${index}`);
      expect(at(find(site, `Service/trade-clearing/raft-${pod}`), "spec")).toEqual({
        type: "ExternalName",
        externalName: home
          ? `${pod}.orderer-svc.trade-clearing.svc.cluster.local`
          : `border.${namespace}.svc.cluster.local`,
      });
    }
  }
});

describe.each(["envoy", "haproxy"] as const)("the %s gateway of a site", (program) => {
  const site = firstSite(program);
  const own = (kind: string, name: string) => find(site, `${kind}/${namespace}/${name}`);
  const workload = own("Deployment", "gateway");
  const pod = podOf(workload);
  const container = at(pod, "containers.0") as Record<string, unknown>;

  test("stands in a namespace of its own that takes nothing but what is restricted", () => {
    expect(find(site, `Namespace/${namespace}`).metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    expect(site.objects.filter((one) => one.metadata.namespace === namespace && one.kind === "Secret")).toEqual([]);
  });

  test("runs as nobody, with no right, no account's token and nothing that it could write but memory and scratch", () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod["containers"]).toHaveLength(1);
    expect(pod).not.toHaveProperty("hostNetwork");
    expect(container["securityContext"]).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(at(container, "image")).toMatch(/(:v?\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/);
    expect(at(container, "resources")).toMatchObject({
      requests: { cpu: expect.anything() as unknown, memory: expect.anything() as unknown },
      limits: { memory: expect.anything() as unknown },
    });
    const mounts = at(container, "volumeMounts") as { name: string; readOnly?: boolean }[];
    expect(mounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name)).toEqual(["run", "tmp"]);
    expect(find(site, `ServiceAccount/${namespace}/gateway`)).toMatchObject({ automountServiceAccountToken: false });
    const bound = [...ofKind(site, "RoleBinding"), ...ofKind(site, "ClusterRoleBinding")];
    expect(JSON.stringify(bound)).not.toContain(namespace);
  });

  test("is never fewer than two, spread over zones and nodes, and one at most is taken at a time (R7)", () => {
    expect(at(workload, "spec")).toMatchObject({
      replicas: 2,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
    const spread = pod["topologySpreadConstraints"] as { topologyKey: string; labelSelector: unknown }[];
    expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
      "topology.kubernetes.io/zone",
      "kubernetes.io/hostname",
    ]);
    const selector = at(workload, "spec.selector");
    for (const { labelSelector } of spread) expect(labelSelector).toEqual(selector);
    const budget = own("PodDisruptionBudget", "gateway-disruption");
    expect(at(budget, "spec.selector")).toEqual(selector);
    expect(at(budget, "spec")).toMatchObject({ minAvailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
    expect(at(workload, "spec.template.metadata.labels")).toMatchObject(at(selector, "matchLabels") as object);
  });

  test("ends slowly enough for load balancers, and is asked whether it is well", () => {
    const [, seconds] = at(container, "lifecycle.preStop.exec.command") as string[];
    expect(Number(seconds)).toBeLessThan(pod["terminationGracePeriodSeconds"] as number);
    for (const probe of ["readinessProbe", "livenessProbe"])
      expect(at(container, `${probe}.httpGet`)).toEqual({ path: "/ready", port: "health" });
    const named = at(container, "ports") as { name: string; containerPort: number }[];
    const { world, relay, health } = ports.gateway;
    expect(named.map(({ name, containerPort }) => [name, containerPort])).toEqual([
      ["world", world],
      ["relay", relay],
      ["health", health],
    ]);
  });

  test("has a load balancer on the port of the settings, which hides no client's address (R7)", () => {
    const service = own("Service", "gateway");
    expect(service.metadata.annotations).toMatchObject(annotations);
    expect(at(service, "spec")).toMatchObject({
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      selector: at(workload, "spec.selector.matchLabels"),
    });
    const { world, relay, health } = ports.gateway;
    expect(at(service, "spec.ports")).toEqual([
      { name: "world", port: 8443, targetPort: world },
      { name: "relay", port: relay, targetPort: relay },
      { name: "health", port: health, targetPort: health },
    ]);
  });

  test("lets in what is for it, and reaches nothing but nodes' ports for others, the other gateways and DNS", () => {
    const policies = ofKind(site, "NetworkPolicy").filter(({ metadata }) => metadata.namespace === namespace);
    expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual(["default-deny", "dns", "gateway"]);
    expect(at(own("NetworkPolicy", "default-deny"), "spec")).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    const { ingress, egress } = at(own("NetworkPolicy", "gateway"), "spec") as {
      ingress: { ports: { port: number }[] }[];
      egress: { to: Record<string, unknown>[]; ports: { port: number }[] }[];
    };
    const numbers = (rules: readonly { ports: { port: number }[] }[]) =>
      [...new Set(rules.flatMap((rule) => rule.ports.map(({ port }) => port)))].sort((a, b) => a - b);
    const { world, relay, health } = ports.gateway;
    expect(numbers(ingress)).toEqual([world, relay, health].sort((a, b) => a - b));
    const blocks = egress.filter(({ to }) => to.some((peer) => "ipBlock" in peer));
    expect(blocks.flatMap(({ to }) => to)).toEqual(
      ["192.0.2.1/32", "192.0.2.2/32", "2001:db8::3/128"].map((cidr) => ({ ipBlock: { cidr } })),
    );
    expect(numbers(blocks)).toEqual([relay, health].sort((a, b) => a - b));
    const inside = egress.filter((rule) => !blocks.includes(rule));
    expect(numbers(inside)).toEqual(
      [ports.peer.grpc, ports.peer.operations, ports.orderer.grpc, ports.agent.board].sort((a, b) => a - b),
    );
    for (const { to } of inside)
      for (const peer of to) expect(Object.keys(peer).sort()).toEqual(["namespaceSelector", "podSelector"]);
  });

  test("restarts for what it reads at its start alone: neither other weights nor another site's address change its pods (R7)", () => {
    const changed = (more: Partial<SettingsInput>) => {
      const objects = new Map(
        firstSite(program, more).objects.map((object) => [objectKey(object), JSON.stringify(object)]),
      );
      return site.objects.filter((object) => objects.get(objectKey(object)) !== JSON.stringify(object)).map(objectKey);
    };
    const weights = changed({ traffic: { "gateway.amber": { "site-0": 1, "site-1": 99 } } });
    const files = ["gateway-base", "gateway-weights"].map((name) => `ConfigMap/${namespace}/${name}`);
    expect(weights).toContain(files[1]);
    expect(weights.filter((key) => !files.includes(key))).toEqual([]);
    const moved = changed({ sites: sitesAt(["192.0.2.1", "192.0.2.22", "2001:db8::3"]) });
    expect(moved).toContain(files[0]);
    expect(moved).not.toContain(`Deployment/${namespace}/gateway`);
  });
});
