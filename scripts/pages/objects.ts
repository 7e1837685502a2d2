import type { KubeObject } from "../../lib/constructs/manifests";
import { purposes, purposesOf } from "../../lib/constructs/purposes";
import { markdownTable } from "../../lib/explain/markdown";
import { example } from "./examples";

/** docs/generated/objects.md: every kind of object that a dual-active network consists of, how many, and why. */
export function objectsPage(): string {
  const examples = [example("minimal"), example("trade-finance")].map((plan) =>
    plan.synthesise().flatMap(({ objects }) => objects),
  );
  const rows = purposes.map((purpose) => [
    purpose.kind,
    purpose.called,
    ...examples.map((objects) => String(countOf(objects, (object) => purposesOf(object).includes(purpose)))),
    purpose.why,
  ]);
  return `# The objects of a dual-active network

What \`pulumi up\` makes and \`npx fabric-topologies synth\` writes, in the order in which it is made. The numbers are those
of [examples/minimal](../../examples/minimal/network.yaml) and
[examples/trade-finance](../../examples/trade-finance/network.yaml), ${examples.map((objects) => String(objects.length)).join(" and ")} objects.

${markdownTable(["Kind", "Called", "minimal", "trade-finance", "Why it exists"], rows)}
`;
}

const countOf = (objects: readonly KubeObject[], matches: (object: KubeObject) => boolean) =>
  objects.filter(matches).length;
