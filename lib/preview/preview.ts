import type { Deployable } from "../deploy/program";
import { describeChannel } from "../fabric/channel/preview";
import { packageChaincode } from "../fabric/chaincode-package";
import type { Consortium, ConsortiumChannel } from "../fabric/consortium";
import type { Placement } from "../placement/node";
import { describeFailure } from "../placement/failure";
import { failureMatrix, type FailureMatrix } from "../placement/matrix";
import { describeService } from "../placement/service";
import { policyInWords } from "../explain/policy-words";
import { tellMatrix } from "../explain/rows";
import type { Preview } from "./document";
import { recordNetwork, type StackIdentity } from "./record";

/** A network checked, placed, made and judged, before any of it exists. */
export interface Previewed extends Deployable {
  readonly topology: { readonly title: string };
  readonly consortium: Consortium;
  readonly policies: Preview["policies"];
}

/** Records what the Pulumi program would ask for, and puts the channels beside it. Touches no cluster and no engine. */
export async function previewOf(previewed: Previewed, identity: StackIdentity): Promise<Preview> {
  const { settings, placement, topology, consortium, policies } = previewed;
  const { network } = placement;
  const graph = await recordNetwork(previewed, identity);
  return {
    format: "fabric-topologies.dev/preview/v1",
    network: network.name,
    fabric: network.fabric.version,
    topology: { name: settings.topology, title: topology.title },
    organisations: network.organisations.map(({ name, mspId }) => ({ name, mspId })),
    sites: settings.sites.map(({ name, zones }) => ({
      name,
      zones: zones.map((zone) => ({ name: zone.name, witness: zone.witness })),
    })),
    nodes: placement.nodes.map(({ pod, namespace, role, organisation, site, zone }) => ({
      pod,
      namespace,
      role,
      organisation: organisation.name,
      site,
      zone,
    })),
    matrix: matrixOf(placement),
    policies,
    graph: { ...graph, resources: [...graph.resources] },
    channels: consortium.channels.map((channel) => channelOf(channel, consortium)),
  };
}

function channelOf(channel: ConsortiumChannel, consortium: Consortium): Preview["channels"][number] {
  const inWords = (text: string) => ({ text, words: policyInWords(text, channel.members.length) });
  const endorsed = ({ endorsement }: { readonly endorsement?: string }) =>
    endorsement === undefined ? {} : { endorsement: inWords(endorsement) };
  return {
    name: channel.name,
    members: [...channel.members],
    policies: Object.fromEntries(Object.entries(channel.policies).map(([name, text]) => [name, inWords(text)])),
    batch: channel.batch,
    chaincodes: consortium.chaincodes
      .filter((chaincode) => chaincode.channel === channel.name)
      .map((chaincode) => ({
        name: chaincode.name,
        version: chaincode.version,
        sequence: chaincode.sequence,
        initRequired: chaincode.initRequired,
        ...endorsed(chaincode),
        collections: chaincode.collections.map(({ endorsement, ...collection }) => ({
          ...collection,
          members: [...collection.members],
          ...endorsed(endorsement === undefined ? {} : { endorsement }),
        })),
        packageId: packageChaincode(chaincode).packageId,
      })),
    config: { ...describeChannel(channel, consortium) },
  };
}

/** Each failure by a name that no other has: pods of two organisations may be called the same. */
function failureNames({ rows }: FailureMatrix): string[] {
  const counts = new Map<string, number>();
  const names = rows.map(({ failure }) => describeFailure(failure));
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return rows.map(({ failure }, index) => {
    const name = names[index] ?? "";
    return failure.kind === "pod" && counts.get(name) !== 1 ? `pod ${failure.namespace}/${failure.pod}` : name;
  });
}

function matrixOf(placement: Placement): Preview["matrix"] {
  const matrix = failureMatrix(placement);
  const services = matrix.services.map(describeService);
  const { columns, rows, reasons } = tellMatrix(matrix);
  const failures = failureNames(matrix);
  return {
    services,
    failures,
    stops: matrix.rows.flatMap(({ verdicts }, row) =>
      verdicts.flatMap(({ survives, because }, index) =>
        survives ? [] : [{ failure: failures[row] ?? "", service: services[index] ?? "", because }],
      ),
    ),
    told: {
      columns: [...columns],
      rows: rows.map(({ label, stops }) => ({ label, stops: stops.map((names) => [...names]) })),
      reasons: reasons.map(({ whose, rows: labels, ...reason }) => ({
        ...reason,
        whose: [...whose],
        rows: [...labels],
      })),
    },
  };
}
