import { matrixMarkdown } from "../../lib/explain/markdown";
import { example } from "./examples";

/** docs/generated/failure-matrix.md: what each single failure costs the trade-finance example. */
export function failureMatrixPage(): string {
  return `# What a failure costs

Computed from the placement of [examples/trade-finance](../../examples/trade-finance/network.yaml) in the zones of
[topologies/dual-active](../../topologies/dual-active/settings.yaml). For your own network:
\`npx fabric-topologies explain network.yaml --every-reason\`.

Each row is one failure, with nothing else broken: any one pod, a machine of a zone (counted at its worst, as if it ran
everything in its zone), a zone, or the link between two zones. *Ordering* is whether new blocks are cut, *endorsement*
whether peers that satisfy every policy in use on a channel are there, *gateway* whether an organisation's clients find a
peer of theirs that reaches an ordering node, *enrolment* whether new certificates can be had.

${matrixMarkdown(example("trade-finance").placement)}

## Over several clusters

The same network on the sites of [topologies/federated](../../topologies/federated/settings.yaml). A *site* is a whole
cluster, with its control plane, its nodes and its gateway; a *border* is all that lies between two of them.

${matrixMarkdown(example("trade-finance", "federated").placement)}

## Over three centers

The same network on the sites of [topologies/three-center](../../topologies/three-center/settings.yaml). *City* is the loss of
both centers that write, *every link* of a center that it reaches no other. *Reads* is whether any peer of an organisation
answers queries, those included that stand by. What a center's loss leaves is agreed on over the remote link.

${matrixMarkdown(example("trade-finance", "three-center").placement)}
`;
}
