import { describeFailure } from "../placement/failure";
import type { FailureMatrix, MatrixRow } from "../placement/matrix";
import type { PlacedNode } from "../placement/node";
import type { Service, Verdict } from "../placement/service";
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
  /** What `text` says, in its parts: of which column, of whose services, why, and in which rows. */
  readonly column: Service["kind"];
  readonly whose: readonly string[];
  readonly because: string;
  readonly rows: readonly string[];
}

/** Matrix rows under one label: a single failure, or pods whose losses cost the same, each to its own organisation. */
interface Group {
  label: string;
  readonly rows: MatrixRow[];
}

/** A failure matrix in as few words as say all of it. */
export function tellMatrix(matrix: FailureMatrix): ToldMatrix {
  const owners = ownersIn(matrix);
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
            ? [whose(owners, service, group)]
            : [],
        ),
      ),
    ),
  }));
  return { columns, rows, reasons: reasonsOf(matrix, owners, groups) };
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
    if (known === undefined) {
      groups.set(key, { label, rows: [row] });
      continue;
    }
    known.label = `any one ${roleNames[node.role]}`;
    known.rows.push(row);
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

/** The organisations that have a service of a kind. */
type Owners = ReadonlyMap<Service["kind"], ReadonlySet<string>>;

function ownersIn({ services }: FailureMatrix): Owners {
  const owners = new Map<Service["kind"], Set<string>>();
  for (const service of services) {
    if (!("organisation" in service)) continue;
    owners.set(service.kind, (owners.get(service.kind) ?? new Set()).add(service.organisation));
  }
  return owners;
}

/** Whose service it is: the organisation's or channel's name; for several rows in one, told from the lost pod. */
function whose(owners: Owners, service: Service, group: Group, row = group.rows[0]): string {
  if (row === undefined || service.kind === "ordering") return "all";
  if (service.kind === "endorsement") return service.channel;
  if (group.rows.length === 1) return service.organisation;
  const own = row.lost[0]?.organisation.name;
  if (service.organisation === own) return ownOrganisation;
  return own !== undefined && owners.get(service.kind)?.has(own) === true ? theOthers : everyOrganisation;
}

/** Each name once, and "every organisation" in place of all of them. */
function together(matrix: FailureMatrix, kind: Service["kind"], names: readonly string[]): string[] {
  const each = [...new Set(names)];
  const all = matrix.services.filter((service) => service.kind === kind).length;
  const isAll = (each.length === all && all > 1) || (each.includes(ownOrganisation) && each.includes(theOthers));
  return isAll ? [kind === "endorsement" ? "every channel" : everyOrganisation] : each;
}

interface Reason {
  readonly label: string;
  readonly kind: Service["kind"];
  readonly verdict: Verdict;
  readonly names: Set<string>;
}

/** What is said of a service, gathered: first whose it is under one label, then the labels of one text. */
function reasonsOf(matrix: FailureMatrix, owners: Owners, groups: readonly Group[]): ToldReason[] {
  const reasons = new Map<string, Reason>();
  for (const group of groups) {
    // Nearly all cells of a column share one verdict, so that its words are looked up once.
    const known = new Map<Verdict, Reason>();
    const reasonOf = (verdict: Verdict, kind: Service["kind"]): Reason => {
      const key = [group.label, kind, verdict.because].join("\n");
      const reason = reasons.get(key) ?? { label: group.label, kind, verdict, names: new Set() };
      reasons.set(key, reason);
      known.set(verdict, reason);
      return reason;
    };
    for (const row of group.rows) {
      matrix.services.forEach((service, index) => {
        const verdict = row.verdicts[index];
        if (verdict === undefined) return;
        const reason = known.get(verdict) ?? reasonOf(verdict, service.kind);
        reason.names.add(whose(owners, service, group, row));
      });
    }
  }
  const texts = new Map<string, Omit<ToldReason, "text" | "rows"> & { readonly rows: string[] }>();
  for (const { label, kind, verdict, names } of reasons.values()) {
    const whose = together(matrix, kind, [...names]);
    const of = kind === "ordering" ? "" : ` of ${listed(whose, "and")}`;
    const begin = `${kind}${of}: ${verdict.because}`;
    const text = texts.get(begin);
    if (text === undefined) texts.set(begin, { ...verdict, column: kind, whose, rows: [label] });
    else text.rows.push(label);
  }
  return [...texts].map(([begin, reason]) => ({ ...reason, text: `${begin} (${reason.rows.join(", ")})` }));
}
