import { objectKey, type SiteManifests } from "../../../../lib/constructs/manifests";
import { stepsOf } from "../../../../lib/deploy/federation/order";
import {
  changedEngine,
  movedNodes,
  narrowedNamespaces,
  recordedNodes,
} from "../../../../lib/deploy/federation/changes";
import { render, type Engine } from "../../../../lib/federation/render";
import { siteNames, threeSites } from "../../../support/federation/sites";

const engines: readonly Engine[] = ["direct", "karmada", "kubefed"];
const members = siteNames.map((name) => ({ name, endpoint: `https://${name}`, authority: "" }));
const federation = { host: "hub", network: "net", members };
const sites = threeSites("net");
const steps = (engine: Engine, of = sites) => stepsOf(render(engine, of, federation), of);
const carrier = (engine: Engine, name: string, member: string) =>
  engine === "direct"
    ? `${member}:StatefulSet/net-amber/${name}`
    : `hub:${engine === "kubefed" ? "Federated" : ""}StatefulSet/net-amber/${name}`;

test.each(engines)("%s: everything comes after what it waits for", (engine) => {
  const done = new Set<string>();
  for (const { id, after } of steps(engine)) {
    for (const other of after) expect(done).toContain(other);
    done.add(id);
  }
});

test.each(engines)("%s: ordering nodes follow each other over all sites", (engine) => {
  const all = steps(engine);
  for (const [index, member] of siteNames.entries()) {
    if (index === 0) continue;
    const step = all.find(({ id }) => id === carrier(engine, `orderer-${index}`, member))!;
    const before = siteNames[index - 1]!;
    expect(step.after).toContain(carrier(engine, `orderer-${index - 1}`, before));
    const gate = { member: before, key: `StatefulSet/net-amber/orderer-${index - 1}` };
    if (engine === "direct") expect(step.gates).toEqual([]);
    else expect(step.gates).toContainEqual(gate);
  }
});

test("what an engine brings is waited for on each member where it is needed", () => {
  const step = steps("karmada").find(({ id }) => id === "hub:StatefulSet/net-amber/orderer-1")!;
  expect(step.gates.map(({ member, key }) => `${member}:${key}`)).toEqual([
    "aws-prod:StatefulSet/net-amber/orderer-0",
    "gcp-staging:ConfigMap/net-amber/msp-abroad",
    "gcp-staging:Job/net-amber/register",
    "gcp-staging:Namespace/net-amber",
    "gcp-staging:Service/net-amber/orderer-1",
  ]);
  // Its claim is Pulumi's own on the member: made, and waited for, there.
  expect(step.after).toContain("gcp-staging:PersistentVolumeClaim/net-amber/data-orderer-1-0");
});

test("a token is taken from the member after the member has given it", () => {
  for (const engine of ["karmada", "kubefed"] as const) {
    const all = steps(engine).filter(({ applied }) => (applied.takes ?? []).length > 0);
    expect(all).toHaveLength(3);
    for (const { applied, after } of all) expect(after).toContain(applied.takes![0]!.from);
  }
});

const recorded = (site: string, key: string) => ({ site, key, labels: {} });

test("another engine for a network that stands is refused, in every direction", () => {
  const made: Record<Engine, ReturnType<typeof recorded>[]> = {
    direct: [recorded("third", "ConfigMap/net-amber/gateway")],
    karmada: [
      recorded("hub", "PropagationPolicy/net-amber/on"),
      recorded("third", "Secret/karmada-cluster/karmada-hub"),
    ],
    kubefed: [recorded("hub", "FederatedConfigMap/net-amber/gateway")],
  };
  for (const before of engines) {
    for (const now of engines) {
      const found = changedEngine(made[before], now, "hub", siteNames).map((one) => one.fix);
      expect(found).toEqual(before === now ? [] : [expect.stringContaining(`federation.engine: ${before}`)]);
    }
  }
  expect(changedEngine([], "karmada", "hub", siteNames)).toEqual([]);
});

test("a node that runs on another member does not move", () => {
  const key = "StatefulSet/net-amber/orderer-0";
  const moved = threeSites("net", { orderers: ["third", "gcp-staging", "third"] });
  expect(movedNodes(moved, (one) => (one === key ? ["aws-prod"] : []))).toMatchObject([
    { site: "third", object: key, found: "a node that runs on aws-prod, where its keys and its ledger are" },
  ]);
  expect(movedNodes(sites, (one) => (one === key ? ["aws-prod"] : []))).toEqual([]);
});

test("KubeFed may not take a namespace off a member that it still reaches", () => {
  const two = sites.slice(0, 2) as [SiteManifests, ...SiteManifests[]];
  const applied = render("kubefed", two, { ...federation, members: members.slice(0, 2) });
  const [before] = render("kubefed", sites, federation).filter(({ object }) => object.kind === "FederatedNamespace");
  const live = new Map([[objectKey(before!.object), before!.object]]);
  expect(narrowedNamespaces(applied, live, new Set(siteNames), "hub")).toMatchObject([
    {
      found: expect.stringContaining("would leave third") as string,
      fix: expect.stringContaining("kubectl delete kubefedcluster third") as string,
    },
  ]);
  expect(narrowedNamespaces(applied, live, new Set(["aws-prod", "gcp-staging"]), "hub")).toEqual([]);
});

test("ordering nodes that an engine carries count as nodes that run", () => {
  expect(
    recordedNodes([recorded("hub", "FederatedStatefulSet/net/orderer-0"), recorded("hub", "FederatedJob/net/one")], ""),
  ).toEqual([{ site: "", key: "StatefulSet/net/orderer-0", labels: {} }]);
});
