import { withTraffic } from "../../../cli/shift/settings-file";
import { poolOf, targetOf } from "../../../cli/shift/wish";
import type { Network } from "../../../lib/spec/network";
import { ingressWith, poolHost } from "../../support/ingresses";

const amber = poolHost("gateway.amber.example.com", { "aws-prod": 1, "gcp-staging": 1, third: 1 });
const ingress = ingressWith([amber], { "aws-prod": [], "gcp-staging": [], third: [] });
const network = {
  name: "trade",
  organisations: [{ name: "amber", domain: "amber.example.com" }],
} as unknown as Network;
const pool = poolOf("gateway.amber", network, ingress);

describe("what is asked of shift", () => {
  it("a pool by its name in the settings, or by its host", () => {
    expect(poolOf("gateway.amber.example.com", network, ingress)).toEqual(pool);
    expect(() => poolOf("gateway.blue", network, ingress)).toThrow("trade has no pool gateway.blue");
  });

  it("weights become per cent, and sites that are not named get nothing", () => {
    expect(targetOf(["aws-prod=9", "gcp-staging=1"], pool)).toEqual({ "aws-prod": 90, "gcp-staging": 10, third: 0 });
    expect(targetOf([], pool)).toBeUndefined();
  });

  it.each([
    [["azure=1"], "where nothing of gateway.amber stands"],
    [["aws-prod"], "found aws-prod"],
    [["aws-prod=1", "aws-prod=2"], "aws-prod twice"],
    [["aws-prod=0"], "sum to zero"],
  ])("%j is refused", (words, message) => {
    expect(() => targetOf(words, pool)).toThrow(message);
  });
});

describe("the settings after a shift", () => {
  const stack = `config:
  fabric-topologies:network: network.yaml # the consortium
  fabric-topologies:traffic:
    # Gray release of March.
    gateway.amber:
      aws-prod: 80   # bigger machines
      gcp-staging: 20
    gateway.blue: { aws-prod: 1 }
`;

  it("differ in the numbers only: comments and layout stay", () => {
    expect(withTraffic(stack, true, "gateway.amber", { "aws-prod": 90, "gcp-staging": 10, third: 0 })).toBe(
      stack.replace("aws-prod: 80 ", "aws-prod: 90 ").replace("gcp-staging: 20", "gcp-staging: 10"),
    );
  });

  it("name a pool or a site that nobody had named", () => {
    const added = withTraffic(stack, true, "gateway.green", { "aws-prod": 0, third: 100 });
    expect(added).toContain("gateway.green: { third: 100 }");
    expect(added).toContain("# Gray release of March.");
    expect(withTraffic("topology: federated\n", false, "gateway.amber", { third: 100 })).toBe(
      "topology: federated\ntraffic:\n  gateway.amber: { third: 100 }\n",
    );
    expect(withTraffic(stack, true, "gateway.blue", { "aws-prod": 50, third: 50 })).toContain(
      "gateway.blue: { aws-prod: 50, third: 50 }",
    );
  });
});
