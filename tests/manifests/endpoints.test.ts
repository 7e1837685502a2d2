import { endpointOf } from "../../lib/placement/endpoint";
import { placeOnSite } from "../../lib/placement/place";
import { city, network } from "../support/models";
import { at, consortium, find, ofKind, synthesise } from "./support";

const placed = placeOnSite(network(consortium), city().sites[0]!).nodes;
const endpoints = placed.map((node) => endpointOf(node, "cluster.local"));

test("every Service that selects a node is one of the names in its certificate", () => {
  const manifests = synthesise();
  for (const { node, hosts } of endpoints) {
    const set = find(manifests, `StatefulSet/${node.namespace}/${node.workload}`);
    const labels = at(set, "spec.template.metadata.labels") as Record<string, string>;
    const pod: Record<string, string> = { ...labels, "statefulset.kubernetes.io/pod-name": node.pod };
    const selecting = ofKind(manifests, "Service").filter(
      (service) =>
        service.metadata.namespace === node.namespace &&
        Object.entries(at(service, "spec.selector") as object).every(([key, value]) => pod[key] === value),
    );
    expect(selecting).toHaveLength(3);
    for (const service of selecting) {
      const name = `${service.metadata.name}.${node.namespace}.svc.cluster.local`;
      const headless = at(service, "spec") as { clusterIP?: string };
      expect(hosts).toContain(headless.clusterIP === "None" ? `${node.pod}.${name}` : name);
    }
  }
});

test("what a peer calls itself is its endpoint's address", () => {
  const manifests = synthesise();
  for (const { node, address } of endpoints.filter(({ node: { role } }) => role === "peer")) {
    const set = find(manifests, `StatefulSet/${node.namespace}/${node.workload}`);
    const containers = at(set, "spec.template.spec.containers") as {
      name: string;
      env: { name: string; value?: string }[];
    }[];
    const environment = containers.find(({ name }) => name === "peer")!.env;
    for (const name of ["CORE_PEER_ADDRESS", "CORE_PEER_GOSSIP_ENDPOINT", "CORE_PEER_GOSSIP_EXTERNALENDPOINT"]) {
      expect(environment.find((variable) => variable.name === name)?.value?.replace("$(POD_NAME)", node.pod)).toBe(
        address,
      );
    }
  }
});

test("no two nodes share an address, and no certificate name is too long for DNS", () => {
  expect(new Set(endpoints.map(({ address }) => address)).size).toBe(endpoints.length);
  for (const { hosts } of endpoints) for (const host of hosts) expect(host.length).toBeLessThanOrEqual(253);
});
