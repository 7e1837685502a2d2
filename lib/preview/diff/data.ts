import { labelKeys } from "../../constructs/labels";
import { holdsKeys } from "../../deploy/claims";
import { bytes, fieldAt } from "../../deploy/fields";
import { counted, listed } from "../../spec/words";
import type { RecordedResource } from "../graph";
import { holders } from "../stability";
import { changedPairs, few, keyOf, kindOf, statement, type Comparison } from "./comparison";
import type { ResourceChange, Statement } from "./document";

const sizePath = ["spec", "resources", "requests", "storage"];

/** What becomes of volumes, and of what stands between a ledger and its node. */
export function dataStatements(comparison: Comparison): Statement[] {
  const { changes } = comparison;
  const claims = changes.filter(({ kind }) => kind === "PersistentVolumeClaim");
  const released = claims.filter(({ action }) => action === "release");
  const removed = changes.filter(
    ({ action, kind }) => action === "remove" && holders.has(kind) && kind !== "StatefulSet",
  );
  const replaced = changes.filter(({ action, kind }) => action === "replace" && holders.has(kind));
  const sets = changes.filter(({ action, kind }) => action === "remove" && kind === "StatefulSet");
  const keys = keysOf(comparison);
  return [
    ...about(removed, "is deleted with what is on it", "are deleted with what is on them"),
    ...about(replaced, "is made anew, and its pods stop at once", "are made anew, and their pods stop at once"),
    ...about(sets, "goes with its pods", "go with their pods"),
    ...about(
      released.filter(({ urn }) => !keys.has(urn)),
      "leaves the network and stays in the cluster with its ledger, until somebody deletes it",
      "leave the network and stay in the cluster with their ledgers, until somebody deletes them",
    ),
    ...about(
      released.filter(({ urn }) => keys.has(urn)),
      "leaves the network and stays in the cluster with the keys of an authority, which nobody else has",
      "leave the network and stay in the cluster with the keys of authorities, which nobody else has",
    ),
    ...renamed(comparison),
    ...grown(comparison),
    ...made(claims.filter(({ action }) => action === "create")),
  ];
}

function about(changes: readonly ResourceChange[], one: string, many: string): Statement[] {
  const [first] = changes;
  if (first === undefined) return [];
  const says = changes.length === 1 ? `${keyOf(first)} ${one}.` : `${kinds(changes)} ${many}.`;
  return [statement("data", says, { care: true, details: changes.map(keyOf), urns: changes.map(({ urn }) => urn) })];
}

/** `2 PersistentVolumeClaims and 1 Namespace`. */
function kinds(changes: readonly ResourceChange[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => counted(count, kind)).join(", ");
}

function keysOf({ pairs }: Comparison): ReadonlySet<string> {
  return new Set(
    pairs.flatMap(({ before, after }) => {
      const shown = after ?? before;
      const labels = fieldAt(shown?.inputs, ["metadata", "labels"]) as Readonly<Record<string, string>> | undefined;
      return shown !== undefined && labels !== undefined && holdsKeys({ labels }) ? [shown.urn] : [];
    }),
  );
}

/**
 * Nodes that go while others of their role come in their organisation: often meant as a new name. A ledger knows no names.
 */
function renamed({ changes, pairs }: Comparison): Statement[] {
  const labels = new Map(
    pairs.flatMap(({ before, after }) => {
      const shown = after ?? before;
      return shown === undefined ? [] : [[shown.urn, fieldAt(shown.inputs, ["metadata", "labels"])] as const];
    }),
  );
  const roleOf = ({ urn }: ResourceChange) => fieldAt(labels.get(urn), [labelKeys.role]);
  const sets = changes.filter((change) => change.kind === "StatefulSet" && ledgerRoles.has(roleOf(change)));
  return sets
    .filter(({ action }) => action === "remove")
    .flatMap((gone) => {
      const others = sets.filter(
        (one) =>
          one.action === "create" &&
          one.organisation === gone.organisation &&
          one.site === gone.site &&
          roleOf(one) === roleOf(gone),
      );
      if (others.length === 0) return [];
      const fresh = others.map(({ namespace, name }) => (namespace === gone.namespace ? name : `${namespace}/${name}`));
      return [
        statement(
          "data",
          `${listed(fresh, "and")} ${others.length === 1 ? "starts" : "start"} with empty volumes where ${gone.name} had ledgers: a new name makes new nodes, which copy the ledger from the others of their channels.`,
          { care: true, urns: [gone.urn, ...others.map(({ urn }) => urn)] },
        ),
      ];
    });
}

const ledgerRoles: ReadonlySet<unknown> = new Set(["peer", "orderer"]);

function grown(comparison: Comparison): Statement[] {
  const growing = changedPairs(comparison).filter(
    ({ before, after }) => kindOf(after) === "PersistentVolumeClaim" && bytes(sizeOf(after)) > bytes(sizeOf(before)),
  );
  const [first] = growing;
  if (first === undefined) return [];
  return [
    statement(
      "data",
      `${counted(growing.length, "volume")} ${growing.length === 1 ? "grows" : "grow"} to ${[...new Set(growing.map(({ after }) => sizeOf(after)))].join(", ")}, where the storage class allows that; a volume never shrinks again.`,
      {
        details: growing.map(({ before, after, change }) => `${keyOf(change)}: ${sizeOf(before)} to ${sizeOf(after)}`),
        urns: growing.map(({ change }) => change.urn),
      },
    ),
  ];
}

const sizeOf = ({ inputs }: RecordedResource): string => String(fieldAt(inputs, sizePath));

function made(claims: readonly ResourceChange[]): Statement[] {
  if (claims.length === 0) return [];
  return [
    statement("data", `${counted(claims.length, "new volume")}: ${few(claims.map(({ name }) => name))}.`, {
      urns: claims.map(({ urn }) => urn),
    }),
  ];
}
