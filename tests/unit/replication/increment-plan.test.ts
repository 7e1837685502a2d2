import { incrementPlan } from "../../../lib/replication/btrfs/plan";
import { ledger } from "../../support/replication/volumes";

test("increments of one subvolume go from the city to the remote center every 5 s and are kept for an hour (R8)", () => {
  const plan = incrementPlan(ledger);
  expect(plan.from.map(({ node }) => node)).toEqual(["city-a", "city-b"]);
  expect(plan.to).toEqual([
    {
      ...{ node: "remote-c", site: "center-3", address: "10.1.0.10", port: 7789 },
      subvolume: "/var/lib/fabric-topologies/fabric-ledger",
    },
  ]);
  expect(plan).toMatchObject({ every: 5, keep: 3600, compression: "zstd", rate: 100e6 });
});
