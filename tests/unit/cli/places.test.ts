/** Where a network's clients run, and what a drill may lose, where there are several sites. */
import { avoidedBy, planLoads } from "../../../cli/drill/loads";
import { exampleSettings, settingsOfTopology } from "../../../cli/input";
import { linkFailure, siteFailure } from "../../../cli/drill/failures";
import { openClientPod } from "../../../cli/network/client";
import { clientPlace } from "../../../cli/network/place";
import { predictionOf } from "../../../lib/recovery/drill/drill";
import { planStack } from "../../../topologies/plan";
import { run } from "./run";

jest.mock("../../../cli/network/client", (): object => ({
  ...jest.requireActual<object>("../../../cli/network/client"),
  openClientPod: jest.fn(),
}));

const federated = planStack({ settings: settingsOfTopology("federated") });
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
};
const oneCity = planStack({ settings: exampleSettings });

test("over several sites a client calls its organisation's pool, from the site that was asked for", () => {
  const place = clientPlace(federated, { organisation: "basalt", site: "gcp-staging" });
  expect([place.site.name, place.zone.name]).toEqual(["gcp-staging", "europe-west3-a"]);
  expect(place.through).toBe(`gateway.${place.organisation.domain}:443`);
});

test("in one cluster it calls the peers themselves", () => {
  expect(clientPlace(oneCity, { organisation: "basalt" })).not.toHaveProperty("through");
});

test("a site without peers of the organisation is refused, with those that have some", () => {
  const asked = () => clientPlace(federated, { organisation: "amber", site: "azure-witness" });
  expect(asked).toThrow("amber has no peers on a site azure-witness");
  expect(thrownBy(asked)).toMatchObject({ fix: "name one of: aws-prod, gcp-staging" });
});

test("submit --site runs in that site's pod", async () => {
  jest.mocked(openClientPod).mockResolvedValue({ run: () => Promise.resolve(0) });
  const settings = ["--settings", settingsOfTopology("federated")];
  expect(await run("submit", ...settings, "--site", "gcp-staging", "put", "a", "b")).toMatchObject({ exit: 0 });
  expect(jest.mocked(openClientPod).mock.calls[0]?.[0].site.name).toBe("gcp-staging");
});

describe("drill cluster-loss", () => {
  const failure = siteFailure(federated, "aws-prod");

  test("loses a row of the matrix, by which everything goes on", () => {
    const predictions = predictionOf(federated.placement, failure);
    expect(predictions.map(({ predicted }) => predicted.survives)).not.toContain(false);
  });

  test("every organisation's clients watch it from other sites", () => {
    const avoid = avoidedBy(failure);
    const organisations = planLoads(federated, 8, avoid).map(({ organisation }) => organisation);
    expect(new Set(organisations)).toEqual(new Set(["amber", "basalt", "cobalt"]));
    for (const organisation of organisations) {
      expect(clientPlace(federated, { organisation, avoid }).site.name).toBe("gcp-staging");
    }
  });

  test.each([
    [federated, "nowhere", "no site nowhere", "name one of: aws-prod, gcp-staging, azure-witness"],
    [oneCity, "sandbox", "is the only site of this network", "drill zone-loss"],
  ])("%# a site that cannot be lost is refused, with what can", (plan, site, found, fix) => {
    expect(() => siteFailure(plan, site)).toThrow(found);
    expect(thrownBy(() => siteFailure(plan, site))).toMatchObject({ fix: expect.stringContaining(fix) as unknown });
  });

  test("clusters that are no sandbox are not lost, whatever else they carry", async () => {
    const settings = ["--settings", settingsOfTopology("federated")];
    const { exit, err } = await run("drill", "cluster-loss", "aws-prod", ...settings, "--yes");
    expect(exit).toBe(1);
    expect(err).toMatch(/in the sandbox only/);
  });
});

test("what lies between two sites is no link between zones", () => {
  expect(() => linkFailure(federated, ["eu-central-1a", "europe-west3-a"])).toThrow("a border lies between them");
});
