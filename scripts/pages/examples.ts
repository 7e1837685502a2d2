import { join } from "node:path";
import { planStack, type Plan } from "../../topologies/plan";

const root = join(__dirname, "../..");

/** An example on the sites that come with the topology. */
export function example(name: "minimal" | "trade-finance"): Plan {
  return planStack({
    settings: join(root, "topologies/dual-active/settings.yaml"),
    network: join(root, "examples", name, "network.yaml"),
  });
}
