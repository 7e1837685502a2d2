import { counted } from "../../spec/words";
import { changedPairs, few, statement, type Comparison } from "./comparison";
import type { Statement } from "./document";

/** Fabric's version, and the images of containers. */
export function versionStatements(comparison: Comparison): Statement[] {
  const { before, after } = comparison;
  const major = (version: string) => version.split(".").slice(0, 1).join();
  const minor = (version: string) => version.split(".").slice(0, 2).join(".");
  const fabric =
    before.fabric === after.fabric
      ? []
      : [
          statement("versions", `Fabric ${before.fabric} becomes ${after.fabric}.`, {
            care: minor(before.fabric) !== minor(after.fabric),
            details:
              major(before.fabric) === major(after.fabric)
                ? []
                : [
                    "Ordering nodes are replaced before peers; capabilities of channels are raised only when every node runs it.",
                  ],
          }),
        ];
  return [...fabric, ...images(comparison)];
}

function images(comparison: Comparison): Statement[] {
  const changes = new Map<string, { from: string; to: string; workloads: string[]; urns: string[] }>();
  for (const { change } of changedPairs(comparison)) {
    for (const { path, before, after } of change.fields) {
      if (!/\.(initC|c)ontainers\[[^\]]+\]\.image$/.test(path)) continue;
      const key = `${String(before)}\n${String(after)}`;
      const known = changes.get(key) ?? { from: String(before), to: String(after), workloads: [], urns: [] };
      known.workloads.push(`${change.kind}/${change.namespace}/${change.name}`);
      known.urns.push(change.urn);
      changes.set(key, known);
    }
  }
  return [...changes.values()].map(({ from, to, workloads, urns }) => {
    const all = [...new Set(workloads)];
    return statement("versions", `Image ${from} becomes ${to} in ${counted(all.length, "workload")}.`, {
      details: [few(all)],
      urns: [...new Set(urns)],
    });
  });
}
