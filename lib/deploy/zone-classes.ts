import type { KubeObject } from "../constructs/manifests";
import type { ApiServer } from "./api-server";
import { fieldAt } from "./fields";
import type { ObjectFinding } from "./findings";
import type { Inspected } from "./live";

const zoneLabel = "topology.kubernetes.io/zone";

/** What the cluster says of a StorageClass (`storage.k8s.io/v1`): the class, that there is none, or nothing. */
export type ClassAnswer = Readonly<Record<string, unknown>> | "none" | "unreadable";

interface Verdict {
  readonly findings: readonly ObjectFinding[];
  readonly warnings: readonly string[];
}

/**
 * StorageClasses that the settings name for a zone and the network does not make: whether volumes of theirs will be in
 * that zone. Asked for claims that have no volume yet; a volume that is there does not move any more.
 */
export async function zoneClasses(api: ApiServer, inspected: readonly Inspected[]): Promise<Verdict> {
  const made = new Set(
    inspected.flatMap(({ desired: { kind, metadata } }) => (kind === "StorageClass" ? metadata.name : [])),
  );
  const zones = new Map<string, Set<string | undefined>>();
  for (const { desired, live } of inspected) {
    const name = fieldAt(desired, ["spec", "storageClassName"]);
    if (desired.kind !== "PersistentVolumeClaim" || typeof name !== "string" || made.has(name)) continue;
    if (fieldAt(live, ["spec", "volumeName"]) !== undefined || fieldAt(desired, ["spec", "volumeName"]) !== undefined) {
      continue;
    }
    zones.set(name, (zones.get(name) ?? new Set()).add(zoneOf(desired)));
  }
  const verdicts = await Promise.all(
    [...zones].map(async ([name, of]) => {
      const { status, body } = await api.get(`/apis/storage.k8s.io/v1/storageclasses/${encodeURIComponent(name)}`);
      const answer: ClassAnswer =
        status === 200 ? (body as Readonly<Record<string, unknown>>) : status === 404 ? "none" : "unreadable";
      return [...of].map((zone) => judgeClass(name, zone, answer));
    }),
  );
  const all = verdicts.flat();
  return { findings: all.flatMap(({ findings }) => findings), warnings: all.flatMap(({ warnings }) => warnings) };
}

/** What is to be said of a class that claims of one zone ask for. */
export function judgeClass(name: string, zone: string | undefined, answer: ClassAnswer): Verdict {
  const where = zone ?? "a zone";
  if (answer === "unreadable") {
    return {
      findings: [],
      warnings: [`the StorageClass ${name} of ${where} cannot be read: is it of that zone alone?`],
    };
  }
  if (answer === "none") {
    const found = `no StorageClass ${name}, of which ${where} is to have its volumes`;
    const fix = `make it, or correct \`storageClass\` of ${where} in the settings; \`kubectl get storageclass\` shows what there is`;
    return { findings: [{ found, allowed: "a StorageClass that is there", fix }], warnings: [] };
  }
  const values = zonesOf(answer);
  if (zone !== undefined && values.length > 0 && !values.includes(zone)) {
    return {
      findings: [
        {
          found: `the StorageClass ${name} of ${where}, whose volumes are in ${values.join(", ")} (allowedTopologies)`,
          allowed: `a class whose volumes are in ${where}`,
          fix: `correct \`storageClass\` of ${where} in the settings, or leave it out and name a provisioner: a class of that zone is then made`,
        },
      ],
      warnings: [],
    };
  }
  const open = values.length === 0 || values.some((value) => value !== zone);
  const early = answer["volumeBindingMode"] !== "WaitForFirstConsumer";
  if (!open && !early) return { findings: [], warnings: [] };
  const reasons = [
    ...(open ? [values.length === 0 ? "has no allowedTopologies" : `allows ${values.join(", ")}`] : []),
    ...(early ? ["does not wait for the first pod (volumeBindingMode)"] : []),
  ];
  return {
    findings: [],
    warnings: [
      `the StorageClass ${name} of ${where} ${reasons.join(" and ")}: that its volumes, and so the nodes, are in ${where} for ever rests on that class`,
    ],
  };
}

const zoneOf = ({ metadata: { labels } }: KubeObject): string | undefined => labels[zoneLabel];

/** The zones of a class's `allowedTopologies`. Drivers have keys of their own for it, such as `topology.gke.io/zone`. */
function zonesOf(storageClass: Readonly<Record<string, unknown>>): string[] {
  const terms = storageClass["allowedTopologies"];
  const expressions = (Array.isArray(terms) ? terms : []).flatMap((term: unknown) => {
    const some = fieldAt(term, ["matchLabelExpressions"]);
    return Array.isArray(some)
      ? (some as readonly { readonly key?: string; readonly values?: readonly string[] }[])
      : [];
  });
  return [...new Set(expressions.flatMap(({ key, values }) => (key?.endsWith("/zone") ? (values ?? []) : [])))];
}
