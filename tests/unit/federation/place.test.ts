import { join } from "node:path";
import type { KubeObject, SiteManifests } from "../../../lib/constructs/manifests";
import { placed } from "../../../lib/federation/place";
import type { NonEmpty } from "../../../lib/federation/propagation";
import { unrenderable, type Engine } from "../../../lib/federation/render";
import federated from "../../../topologies/federated";
import { planStack } from "../../../topologies/plan";

const settings = join(__dirname, "../../../topologies/federated/settings.yaml");
const plan = planStack({ settings });

/** What is said of these objects beside the network's own, with the file's line that it names. */
function said(engine: Engine, extra: (site: string) => readonly KubeObject[]): string[] {
  const [first, ...others] = plan.settings.sites.map(({ name }): SiteManifests => ({
    site: name,
    objects: extra(name),
    dependencies: new Map(),
  })) as unknown as NonEmpty<SiteManifests>;
  const findings = unrenderable(engine, [first, ...others]);
  return plan
    .locate(findings.map((finding) => placed(finding, plan.network, plan.settings)))
    .map(({ file, line, path, found }) => {
      expect(line).toBeGreaterThan(0);
      return `${file.split("/").at(-1)} ${path.join(".")}: ${found}`;
    });
}

const object = (kind: string, namespace: string, name: string, rest: object): KubeObject => ({
  apiVersion: kind === "Job" ? "batch/v1" : kind === "Service" || kind === "Secret" ? "v1" : "apps/v1",
  kind,
  ...rest,
  metadata: { name, namespace, labels: {}, ...("metadata" in rest ? (rest.metadata as object) : {}) },
});
const { name } = plan.network;
const [first] = plan.network.organisations;
const own = `${name}-${first?.name ?? ""}`;

test("what only this engine cannot say is told where the engine is chosen, with file and line (R7)", () => {
  const annotated = () => [
    object("Deployment", own, "agent", { metadata: { annotations: { "example.com/owner": "a" } } }),
  ];
  expect(said("kubefed", annotated)).toEqual([
    `settings.yaml federation.engine: the annotation example.com/owner on a Deployment under the engine kubefed (Deployment/${own}/agent)`,
  ]);
  expect(said("karmada", annotated)).toEqual([]);
});

test("what one site cannot have otherwise is told at that site, and at its gateway", () => {
  const differing = (namespace: string) => (site: string) => [
    object("Service", namespace, "door", { spec: { clusterIP: site === "gcp-staging" ? "10.0.0.1" : "None" } }),
  ];
  const told = (namespace: string) =>
    `an override of /spec/clusterIP for gcp-staging, and /spec/clusterIP is fixed when a Service is made (Service/${namespace}/door)`;
  expect(said("direct", differing(own))).toEqual([`settings.yaml sites.1: ${told(own)}`]);
  expect(said("direct", differing(`${name}-gateway`))).toEqual([
    `settings.yaml sites.1.gateway: ${told(`${name}-gateway`)}`,
  ]);
});

test("what must not be twice is told at the organisation in the network file", () => {
  const node = () => [object("StatefulSet", own, "orderer-0", { spec: {} })];
  expect(said("karmada", node)).toEqual([
    `network.yaml organisations.0: two homes: aws-prod, azure-witness, gcp-staging (StatefulSet/${own}/orderer-0)`,
  ]);
});

test("a plan refuses it before anything is applied, with file and line", () => {
  const set = object("StatefulSet", own, "orderer-0", { spec: { template: { spec: { containers: [] } } } });
  const synthesise = jest.spyOn(federated, "synthesise").mockReturnValue(
    plan.settings.sites.map(({ name: site }) => ({
      site,
      objects: [set],
      dependencies: new Map<string, string[]>(),
    })),
  );
  try {
    expect(() => plan.synthesise()).toThrow(/network\.yaml:\d+:\d+ .*two homes: /);
  } finally {
    synthesise.mockRestore();
  }
});
