import { join } from "node:path";
import type { SiteManifests } from "../../lib/constructs/manifests";
import type { NonEmpty } from "../../lib/federation/propagation";
import { render, type Engine } from "../../lib/federation/render";
import { planStack } from "../../topologies/plan";
import { describeWithCrds, validateAgainstCrd } from "../support/crd/validate";

const root = join(__dirname, "../..");
const sites = planStack({
  settings: join(root, "topologies/federated/settings.yaml"),
  network: join(root, "examples/trade-finance/network.yaml"),
}).examine().sites;
const members = sites.map(({ site }) => ({ name: site, endpoint: `https://${site}.example.com`, authority: "UEVN" }));

describeWithCrds("what a federated network gives its engine", () => {
  it.each<[Engine, RegExp]>([
    ["karmada", /\.karmada\.io\//],
    ["kubefed", /\.kubefed\.io\//],
  ])("follows the schemas of %s", (engine, groups) => {
    const applied = render(engine, sites as unknown as NonEmpty<SiteManifests>, {
      host: "host",
      network: "trade",
      members,
    });
    const objects = applied.map(({ object }) => object).filter(({ apiVersion }) => groups.test(apiVersion));
    expect(new Set(objects.map(({ kind }) => kind)).size).toBeGreaterThan(2);
    const mistakes = objects.flatMap((object) =>
      validateAgainstCrd(object).map((mistake) => `${object.kind} ${object.metadata.name}: ${mistake}`),
    );
    expect(mistakes).toEqual([]);
  });
});
