import { join } from "node:path";
import { planStack, type Plan } from "../../topologies/plan";

const root = join(__dirname, "../..");

/** An example on the sites that come with a topology. */
export function example(
  name: "minimal" | "trade-finance",
  topology: "dual-active" | "federated" | "three-center" = "dual-active",
): Plan {
  return planStack({
    settings: join(root, "topologies", topology, "settings.yaml"),
    network: join(root, "examples", name, "network.yaml"),
  });
}
