import type { Consortium } from "../../../lib/fabric/consortium";
import { consortiumOf } from "../../../lib/placement/consortium";
import { placeOnSite } from "../../../lib/placement/place";
import { city, smallNetwork } from "../../support/models";

const agreed = (chaincode: { image: string; resources?: { memory: string } }): Consortium => {
  const settings = city();
  const network = smallNetwork(3, { chaincodes: [{ name: "asset", channel: "trade", ...chaincode }] });
  return consortiumOf(placeOnSite(network, settings.sites[0]!), settings);
};

test("what agents agree on says nothing of how chaincode is run, so that no agent restarts for it", () => {
  const consortium = agreed({ image: "example.com/asset:1" });
  expect(consortium.chaincodes).toHaveLength(1);
  expect(agreed({ image: "example.com/asset:2", resources: { memory: "1Gi" } })).toEqual(consortium);
});
