import { describeFailure } from "../placement/failure";
import type { FailureMatrix, MatrixRow } from "../placement/matrix";
import type { PlacedNode } from "../placement/node";
import type { Service } from "../placement/service";
import { listed } from "../spec/words";

/** What people call a node's role. */
export const roleNames = {
  peer: "peer",
  orderer: "ordering node",
  ca: "certificate authority",
} as const satisfies Record<PlacedNode["role"], string>;

/** The failure matrix as people read it: alike failures in one row, services of a kind in one column. */
export interface ToldMatrix {
  /** Kinds of services. Ten organisations would make twenty columns that nobody can read. */
  readonly columns: readonly Service["kind"][];
  readonly rows: readonly ToldRow[];
  /** Why, each reason once, with everything that it is the reason of. */
  readonly reasons: readonly ToldReason[];
}

interface ToldRow {
  readonly label: string;
  /** By column, whose service stops: nobody's where all go on. */
  readonly stops: readonly (readonly string[])[];
}

interface ToldReason {
  readonly survives: boolean;
  readonly text: string;
}

/** Matrix rows under one label: a single failure, or pods whose losses cost the same, each to its own organisation. */
interface Group {
  readonly label: string;
  readonly rows: MatrixRow[];
}

/** A failure matrix in as few words as say all of it. */
export function tellMatrix(matrix: FailureMatrix): ToldMatrix {
  const columns = [...new Set(matrix.services.map(({ kind }) => kind))];
  const groups = groupRows(matrix);
  const rows = groups.map((group) => ({
    label: group.label,
    stops: columns.map((kind) =>
      together(
        matrix,
        kind,
        matrix.services.flatMap((service, index) =>
          service.kind === kind && group.rows[0]?.verdicts[index]?.survives === false
            ? [whose(matrix, service, group)]
            : [],
        ),
      ),
    ),
  }));
  return { columns, rows, reasons: reasonsOf(matrix, groups) };
}

/** Pods of a role whose losses stop the same, counted from their own organisation, are told as "any one peer". */
function groupRows(matrix: FailureMatrix): Group[] {
  const groups = new Map<string, Group>();
  for (const row of matrix.rows) {
    const [node] = row.lost;
    const label = describeFailure(row.failure);
    if (row.failure.kind !== "pod" || node === undefined) {
      groups.set(label, { label, rows: [row] });
      continue;
    }
    const outcome = matrix.services.flatMap((service, index) =>
      row.verdicts[index]?.survives === false ? [`${service.kind} ${relation(service, row)}`] : [],
    );
    const key = `any ${[node.role, ...outcome].join(" ")}`;
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined
        ? { label, rows: [row] }
        : { label: `any one ${roleNames[node.role]}`, rows: [...known.rows, row] },
    );
  }
  return [...groups.values()];
}

const ownOrganisation = "its own organisation";
const theOthers = "the others";
const everyOrganisation = "every organisation";

/** Whose service it is, seen from the organisation that lost the pod. */
function relation(service: Service, row: MatrixRow): string {
  if (service.kind === "ordering") return "all";
  if (service.kind === "endorsement") return service.channel;
  return row.lost[0]?.organisation.name === service.organisation ? ownOrganisation : service.organisation;
}

/** Whose service it is: the organisation's or channel's name; for several rows in one, told from the lost pod. */
function whose(matrix: FailureMatrix, service: Service, group: Group, row = group.rows[0]): string {
  if (row === undefined || service.kind === "ordering") return "all";
  if (service.kind === "endorsement") return service.channel;
  if (group.rows.length === 1) return service.organisation;
  const own = row.lost[0]?.organisation.name;
  if (service.organisation === own) return ownOrganisation;
  const hasOne = matrix.services.some((other) => other.kind === service.kind && other.organisation === own);
  return hasOne ? theOthers : everyOrganisation;
}

/** Each name once, and "every organisation" in place of all of them. */
function together(matrix: FailureMatrix, kind: Service["kind"], names: readonly string[]): string[] {
  const each = [...new Set(names)];
  const all = matrix.services.filter((service) => service.kind === kind).length;
  const isAll = (each.length === all && all > 1) || (each.includes(ownOrganisation) && each.includes(theOthers));
  return isAll ? [kind === "endorsement" ? "every channel" : everyOrganisation] : each;
}

/** What is said of a service, gathered: first whose it is under one label, then the labels of one text. */
function reasonsOf(matrix: FailureMatrix, groups: readonly Group[]): ToldReason[] {
  const reasons = new Map<
    string,
    { label: string; kind: Service["kind"]; survives: boolean; because: string; names: Set<string> }
  >();
  for (const group of groups) {
    for (const row of group.rows) {
      matrix.services.forEach((service, index) => {
        const verdict = row.verdicts[index];
        if (verdict === undefined) return;
        const { survives, because } = verdict;
        const key = [group.label, service.kind, because].join("\n");
        const reason = reasons.get(key) ?? {
          label: group.label,
          kind: service.kind,
          survives,
          because,
          names: new Set(),
        };
        reasons.set(key, { ...reason, names: reason.names.add(whose(matrix, service, group, row)) });
      });
    }
  }
  const texts = new Map<string, { survives: boolean; labels: string[]; begin: string }>();
  for (const { label, kind, survives, because, names } of reasons.values()) {
    const of = kind === "ordering" ? "" : ` of ${listed(together(matrix, kind, [...names]), "and")}`;
    const begin = `${kind}${of}: ${because}`;
    const text = texts.get(begin) ?? { survives, labels: [], begin };
    texts.set(begin, { ...text, labels: [...text.labels, label] });
  }
  return [...texts.values()].map(({ survives, labels, begin }) => ({
    survives,
    text: `${begin} (${labels.join(", ")})`,
  }));
}
