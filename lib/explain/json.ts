import { packageChaincode } from "../fabric/chaincode-package";
import type { Consortium, ConsortiumChaincode, ConsortiumChannel } from "../fabric/consortium";
import type { Timing } from "../fabric/timing";
import { describeFailure } from "../placement/failure";
import { failureMatrix } from "../placement/matrix";
import { describeService } from "../placement/service";
import { claimsOf, type Explained } from "./text";

/** One pod of the placement, for machines. */
export interface PlacementJson {
  readonly pod: string;
  readonly namespace: string;
  readonly role: string;
  readonly organisation: string;
  readonly site: string;
  readonly zone: string;
  readonly volumes: readonly string[];
}

/** What `explain --json` prints. */
export interface ExplainJson {
  readonly network: string;
  readonly fabric: string;
  readonly placement: readonly PlacementJson[];
  readonly timing: Timing;
  readonly channels: readonly (ConsortiumChannel & {
    readonly chaincodes: readonly (ConsortiumChaincode & { readonly packageId: string })[];
  })[];
  readonly matrix: readonly {
    readonly failure: string;
    readonly lost: readonly string[];
    readonly services: Readonly<Record<string, { readonly survives: boolean; readonly because: string }>>;
  }[];
}

/** Placement, timing, channels and failure matrix as plain values. */
export function explainJson({ placement, consortium, timing }: Explained): ExplainJson {
  const { network } = placement;
  const matrix = failureMatrix(placement);
  return {
    network: network.name,
    fabric: network.fabric.version,
    placement: placement.nodes.map((node) => ({
      pod: node.pod,
      namespace: node.namespace,
      role: node.role,
      organisation: node.organisation.name,
      site: node.site,
      zone: node.zone,
      volumes: claimsOf(node),
    })),
    timing,
    channels: consortium.channels.map((channel) => ({
      ...channel,
      chaincodes: chaincodesOn(channel.name, consortium),
    })),
    matrix: matrix.rows.map(({ failure, lost, verdicts }) => ({
      failure: describeFailure(failure),
      lost: lost.map(({ pod }) => pod),
      services: Object.fromEntries(
        matrix.services.flatMap((service, index) => {
          const verdict = verdicts[index];
          return verdict === undefined ? [] : [[describeService(service), verdict]];
        }),
      ),
    })),
  };
}

function chaincodesOn(channel: string, { chaincodes }: Consortium): ExplainJson["channels"][number]["chaincodes"] {
  return chaincodes
    .filter((chaincode) => chaincode.channel === channel)
    .map((chaincode) => ({ ...chaincode, packageId: packageChaincode(chaincode).packageId }));
}
