import type { Preview } from "../../document";
import type { ChaincodeServer } from "./chaincode-servers";
import type { NodeMarks } from "./marks";

/** Organisations that share their boxes in the diagram. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly organisations: ReadonlySet<string>;
}

/** More organisations than this are put together where they have the same nodes in the same zones. */
const mostAlone = 12;
/** Of more groups than this the smallest are put together, whatever they have. */
const mostGroups = 16;

/**
 * Every organisation for itself, or those of one shape together where there are too many to be read. What changes is not
 * put with what stays.
 */
export function groupsOf(preview: Preview, servers: readonly ChaincodeServer[], marks: NodeMarks): Group[] {
  const held = new Map<string, string[]>();
  const hold = (organisation: string, what: string) => {
    const its = held.get(organisation);
    if (its === undefined) held.set(organisation, [what]);
    else its.push(what);
  };
  for (const { organisation, role, site, zone, pod, namespace } of preview.nodes) {
    if (role !== "orderer") hold(organisation, `${role} ${site} ${zone} ${marks.of(namespace, pod) ?? ""}`);
  }
  for (const { organisation, site, zone } of servers) hold(organisation, `chaincode ${site} ${zone}`);
  const names = preview.organisations.map(({ name }) => name).filter((name) => held.has(name));
  if (names.length <= mostAlone) return names.map((name) => groupOf([name]));

  const shapes = new Map<string, string[]>();
  for (const name of names) {
    const shape = (held.get(name) ?? []).sort().join("\n");
    const alike = shapes.get(shape);
    if (alike === undefined) shapes.set(shape, [name]);
    else alike.push(name);
  }
  const all = [...shapes.values()].sort((one, other) => other.length - one.length);
  if (all.length <= mostGroups) return all.map(groupOf);
  return [...all.slice(0, mostGroups - 1), all.slice(mostGroups - 1).flat()].map(groupOf);
}

function groupOf(names: readonly string[]): Group {
  const title = names.length === 1 ? (names[0] ?? "") : `${names.length} organisations`;
  return { id: `organisations ${names[0] ?? ""}`, title, organisations: new Set(names) };
}
