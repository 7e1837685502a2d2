import type { KubeObject } from "../../lib/constructs/manifests";
import { purposes, purposesOf } from "../../lib/constructs/purposes";
import { markdownTable } from "../../lib/explain/markdown";
import { example } from "./examples";

/** docs/generated/objects.md: every kind of object that a network consists of, how many, and why. */
export function objectsPage(): string {
  const examples = [
    example("minimal"),
    example("trade-finance"),
    example("trade-finance", "federated"),
    example("trade-finance", "three-center"),
  ].map((plan) => plan.synthesise().flatMap(({ objects }) => objects));
  const rows = purposes.map((purpose) => [
    purpose.kind,
    purpose.called,
    ...examples.map((objects) => String(countOf(objects, (object) => purposesOf(object).includes(purpose)))),
    purpose.why,
  ]);
  return `# The objects of a network

What \`pulumi up\` makes and \`npx fabric-topologies synth\` writes, in the order in which it is made. The numbers are those
of [examples/minimal](../../examples/minimal/network.yaml) and
[examples/trade-finance](../../examples/trade-finance/network.yaml) in one city, and of the second over the clusters of
[topologies/federated](../../topologies/federated/settings.yaml) and of
[topologies/three-center](../../topologies/three-center/settings.yaml): ${examples.map((objects) => String(objects.length)).join(", ")} objects.

${markdownTable(["Kind", "Called", "minimal", "trade-finance", "federated", "three-center", "Why it exists"], rows)}
`;
}

const countOf = (objects: readonly KubeObject[], matches: (object: KubeObject) => boolean) =>
  objects.filter(matches).length;
