import { counted, listed } from "../../spec/words";
import type { Preview } from "../document";
import { changedPairs, few, keyOf, statement, type Comparison } from "./comparison";
import type { Statement } from "./document";

/** Who is in the consortium, which nodes order, and which names certificates carry. */
export function identityStatements(comparison: Comparison): Statement[] {
  return [
    ...networks(comparison),
    ...organisations(comparison),
    ...consenters(comparison),
    ...moved(comparison),
    ...certificateNames(comparison),
  ];
}

/** The name is part of every namespace: another one is another network. */
function networks({ before, after }: Comparison): Statement[] {
  if (before.network === after.network) return [];
  return [
    statement(
      "identity",
      `These are two networks, ${before.network} and ${after.network}: nothing of the one becomes a part of the other.`,
      { care: true },
    ),
  ];
}

function organisations({ before, after }: Comparison): Statement[] {
  const [was, is] = [mspIds(before), mspIds(after)];
  const changed = [...is].filter(([name, mspId]) => was.has(name) && was.get(name) !== mspId);
  return [
    ...[...is.keys()]
      .filter((name) => !was.has(name))
      .map((name) => statement("identity", `Organisation ${name} joins as ${is.get(name)}.`)),
    ...[...was.keys()]
      .filter((name) => !is.has(name))
      .map((name) =>
        statement(
          "identity",
          `Organisation ${name} (${was.get(name)}) leaves: its nodes and authorities go, its namespace stays in the cluster with their volumes.`,
          {
            care: true,
          },
        ),
      ),
    ...changed.map(([name, mspId]) =>
      statement(
        "identity",
        `Organisation ${name} is ${mspId} where it was ${was.get(name)}: channels know it by that name.`,
        {
          care: true,
        },
      ),
    ),
  ];
}

const mspIds = ({ organisations: all }: Preview) => new Map(all.map(({ name, mspId }) => [name, mspId]));

type Node = Preview["nodes"][number];
const nodeKey = ({ namespace, pod }: Node) => `${namespace}/${pod}`;

function consenters({ before, after }: Comparison): Statement[] {
  const names = ({ nodes }: Preview) => nodes.filter(({ role }) => role === "orderer").map(nodeKey);
  const [was, is] = [names(before), names(after)];
  const [gone, fresh] = [was.filter((one) => !is.includes(one)), is.filter((one) => !was.includes(one))];
  if (gone.length + fresh.length === 0 || was.length === 0) return [];
  const parts = [
    ...(fresh.length === 0 ? [] : [`${listed(fresh, "and")} ${fresh.length === 1 ? "joins" : "join"}`]),
    ...(gone.length === 0 ? [] : [`${listed(gone, "and")} ${gone.length === 1 ? "leaves" : "leave"}`]),
  ];
  return [
    statement(
      "identity",
      `Every channel's consenter set changes from ${was.length} to ${is.length}: ${parts.join("; ")}.`,
      {
        care: true,
        details: [
          "Channels change by one consenter at a time; agents of all ordering organisations agree on each step.",
        ],
      },
    ),
  ];
}

/** Nodes in another zone or site than before: their volumes cannot follow them. */
function moved({ before, after }: Comparison): Statement[] {
  const was = new Map(before.nodes.map((node) => [nodeKey(node), node]));
  return after.nodes.flatMap((node) => {
    const old = was.get(nodeKey(node));
    if (old === undefined || (old.zone === node.zone && old.site === node.site)) return [];
    const place = ({ site, zone }: Node) => (old.site === node.site ? zone : `${zone} of ${site}`);
    return [
      statement("data", `${nodeKey(node)} would move from ${place(old)} to ${place(node)}, and its volume cannot.`, {
        care: true,
      }),
    ];
  });
}

const hostsVariable = /\[ENROL_HOSTS\]\.value$/;

/** Names in the TLS certificates: nodes that start again ask for new ones. */
function certificateNames(comparison: Comparison): Statement[] {
  const changed = changedPairs(comparison).flatMap(({ change }) =>
    change.fields
      .filter(({ path }) => hostsVariable.test(path))
      .map(({ before: was, after: is }) => ({ change, was: String(was), is: String(is) })),
  );
  if (changed.length === 0) return [];
  return [
    statement(
      "identity",
      `The TLS certificates of ${counted(changed.length, "workload")} carry other names: ${few(changed.map(({ change }) => change.name))}.`,
      {
        care: true,
        details: changed.map(({ change, was, is }) => `${keyOf(change)}: ${was} to ${is}`),
        urns: changed.map(({ change }) => change.urn),
      },
    ),
  ];
}
