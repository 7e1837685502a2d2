import { join } from "node:path";
import type { Placement } from "../../lib/placement/node";
import { planStack } from "../../topologies/plan";

const checkout = join(__dirname, "..", "..");

/** The trade-finance example, placed on the zones of the dual-active topology. */
export function tradeFinance(): Placement {
  return planStack({
    settings: join(checkout, "topologies/dual-active/settings.yaml"),
    network: join(checkout, "examples/trade-finance/network.yaml"),
  }).placement;
}
