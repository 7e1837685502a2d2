import type { Network } from "../network";
import { bytesOf } from "../scalars";
import type { CheckFinding } from "./check";

/** Peers and ordering nodes take gRPC messages up to this size (Fabric docs, `orderer.yaml` and `core.yaml`). */
const largestMessage = "100Mi";
/** Names that Fabric keeps for its own chaincodes (`fabric/core/chaincode/lifecycle/scc.go`). */
const systemChaincodes: readonly string[] = ["cscc", "escc", "lscc", "qscc", "vscc"];

/** Channel and chaincode definitions that Fabric would refuse. */
export function checkChannels(network: Network): CheckFinding[] {
  return [...capabilities(network), ...batches(network), ...systemNames(network)];
}

function capabilities({ fabric, channels }: Network): CheckFinding[] {
  return channels.flatMap((channel, index): CheckFinding[] =>
    channel.capabilities.channel !== "V3_0" || !fabric.version.startsWith("2.")
      ? []
      : [
          {
            document: "network",
            path: ["channels", index, "capabilities", "channel"],
            found: `V3_0 with Fabric ${fabric.version}`,
            allowed: "V2_0: V3_0 needs Fabric 3.x, and a 2.5 node leaves a channel whose capabilities it does not know",
            fix: "Write V2_0, or raise fabric.version to 3.x.",
            assumes: [["fabric", "version"]],
          },
        ],
  );
}

function batches({ channels }: Network): CheckFinding[] {
  return channels.flatMap(({ batch }, index): CheckFinding[] => {
    const [preferred, absolute] = [bytesOf(batch.preferredMaxBytes), bytesOf(batch.absoluteMaxBytes)];
    const assumes = [
      ["channels", index, "batch", "preferredMaxBytes"],
      ["channels", index, "batch", "absoluteMaxBytes"],
    ];
    return [
      ...(preferred <= absolute
        ? []
        : [
            {
              document: "network" as const,
              path: ["channels", index, "batch", "preferredMaxBytes"],
              found: `preferredMaxBytes ${batch.preferredMaxBytes} with absoluteMaxBytes ${batch.absoluteMaxBytes}`,
              allowed: `at most ${batch.absoluteMaxBytes}: no block is larger than absoluteMaxBytes`,
              fix: "Lower preferredMaxBytes, or raise absoluteMaxBytes.",
              assumes,
            },
          ]),
      ...(absolute < bytesOf(largestMessage)
        ? []
        : [
            {
              document: "network" as const,
              path: ["channels", index, "batch", "absoluteMaxBytes"],
              found: `absoluteMaxBytes ${batch.absoluteMaxBytes}`,
              allowed: `less than ${largestMessage}, the largest message that peers and ordering nodes take`,
              fix: "Write 49Mi or less, as the Fabric documentation recommends.",
              assumes,
            },
          ]),
    ];
  });
}

function systemNames({ chaincodes }: Network): CheckFinding[] {
  return chaincodes.flatMap(({ name }, index): CheckFinding[] =>
    !systemChaincodes.includes(name)
      ? []
      : [
          {
            document: "network",
            path: ["chaincodes", index, "name"],
            found: `${name}, a system chaincode of Fabric`,
            allowed: `any name but ${systemChaincodes.join(", ")}`,
            fix: "Give the chaincode another name.",
          },
        ],
  );
}
