import { canEndorse } from "../../fabric/endorsability";
import { parsePolicy } from "../../fabric/policy-grammar";
import { raftQuorum } from "../../placement/quorum";
import { counted, listed } from "../../spec/words";
import type { Preview } from "../document";
import { few, statement, type Comparison } from "./comparison";
import type { Restart, Statement } from "./document";

const nouns: Readonly<Record<string, string>> = {
  orderer: "ordering node",
  peer: "peer",
  ca: "certificate authority",
  agent: "agent",
  chaincode: "chaincode server",
};

/** What restarts, in which order, and what stops meanwhile. */
export function rollStatements(comparison: Comparison, restarts: readonly Restart[]): Statement[] {
  const urns = new Map(
    comparison.changes.map(({ urn, site, namespace, kind, name }) => [`${site}/${namespace}/${kind}/${name}`, urn]),
  );
  const byRole = new Map<string, Restart[]>();
  for (const restart of restarts) byRole.set(restart.role, [...(byRole.get(restart.role) ?? []), restart]);
  const told = [...byRole].map(([role, some]) => {
    const count = some.reduce((sum, one) => sum + one.count, 0);
    const all = counted(count, nouns[role] ?? "pod").replace(/authoritys$/, "authorities");
    return statement("restarts", `${all} ${count === 1 ? "restarts" : "restart"}${manner(some)}.`, {
      details: some.map(detail),
      urns: some.flatMap(({ site, namespace, workload }) => urns.get(`${site}/${namespace}/${workload}`) ?? []),
    });
  });
  return [
    ...told,
    ...ordering(comparison, byRole.get("orderer") ?? []),
    ...whileOneIsDown(comparison, restarts),
    ...endorsement(comparison, byRole.get("peer") ?? []),
  ];
}

function manner(restarts: readonly Restart[]): string {
  const sets = restarts.filter(({ workload, count }) => workload.startsWith("StatefulSet/") && count > 1);
  if (sets.length === 0) return "";
  return sets.length === 1 ? ", one after the other" : ", one after the other in each StatefulSet";
}

function detail({ namespace, workload, pods, count, because }: Restart): string {
  const [kind, name] = workload.split("/");
  const order = pods.length > 0 ? pods.join(", then ") : counted(count, "pod");
  return `${kind}/${namespace}/${name}: ${order} (${few(because.map(shortPath), 3)})`;
}

/** A path without what every pod template's has. */
function shortPath(path: string): string {
  return path.replace(/^spec\.template\.(spec\.)?/, "");
}

/** The majority of the ordering nodes while each of them is away in its turn. */
function ordering({ before, after }: Comparison, restarts: readonly Restart[]): Statement[] {
  if (restarts.length === 0) return [];
  const count = ({ nodes }: Preview) => nodes.filter(({ role }) => role === "orderer").length;
  // New nodes are consenters only after they have joined, and those that go are until they have left.
  const total = Math.min(count(before), count(after));
  const left = total - 1;
  const needed = raftQuorum(total);
  const goesOn = left >= needed;
  return [
    statement(
      "restarts",
      `Ordering ${goesOn ? "goes on" : "stops"} meanwhile: ${left} of ${counted(total, "consenter")} ${left === 1 ? "is" : "are"} left, and ${needed} ${needed === 1 ? "is" : "are"} needed.`,
      { care: !goesOn },
    ),
  ];
}

/** What the failure matrix says of the loss of each pod that restarts; ordering has a statement of its own. */
function whileOneIsDown({ before, after }: Comparison, restarts: readonly Restart[]): Statement[] {
  // By its namespace, too, where several pods are called the same.
  const down = new Set(
    restarts.flatMap(({ namespace, pods }) => pods.flatMap((pod) => [`pod ${pod}`, `pod ${namespace}/${pod}`])),
  );
  const services = new Map<string, { because: string; pods: Set<string> }>();
  for (const { failure, service, because } of [...before.matrix.stops, ...after.matrix.stops]) {
    if (!down.has(failure) || service === "ordering") continue;
    const known = services.get(service) ?? { because, pods: new Set() };
    services.set(service, { ...known, pods: known.pods.add(failure.slice("pod ".length)) });
  }
  return [...services].map(([service, { because, pods }]) =>
    statement("restarts", `While ${listed([...pods], "or")} restarts: ${service} stops, ${because}.`, { care: true }),
  );
}

/**
 * Endorsement while a peer of every StatefulSet that rolls is away at once: the sets of several organisations do not wait
 * for each other.
 */
function endorsement({ after }: Comparison, restarts: readonly Restart[]): Statement[] {
  if (restarts.length < 2) return [];
  const away = new Map<string, number>();
  const organisationOf = new Map(
    after.nodes.map(({ namespace, pod, organisation }) => [`${namespace}/${pod}`, organisation]),
  );
  for (const { namespace, pods } of restarts) {
    const organisation = organisationOf.get(`${namespace}/${pods[0]}`) ?? "";
    away.set(organisation, (away.get(organisation) ?? 0) + 1);
  }
  const mspOf = new Map(after.organisations.map(({ name, mspId }) => [name, mspId]));
  const left = new Map(
    after.organisations.map(({ name, mspId }) => {
      const peers = after.nodes.filter(({ role, organisation }) => role === "peer" && organisation === name).length;
      return [mspId, Math.max(0, peers - (away.get(name) ?? 0))];
    }),
  );
  return after.channels.flatMap(({ name, members, policies, chaincodes }) => {
    const rules = [
      ...chaincodes.map((one) => ({ of: `chaincode ${one.name}`, policy: one.endorsement ?? policies["endorsement"] })),
      ...chaincodes.flatMap((one) =>
        one.collections.map((collection) => ({ of: `collection ${collection.name}`, policy: collection.endorsement })),
      ),
      ...(chaincodes.length === 0 ? [{ of: "the channel", policy: policies["endorsement"] }] : []),
    ];
    return rules.flatMap(({ of, policy }) => {
      const parsed = policy === undefined ? undefined : parsePolicy(policy.text);
      if (policy === undefined || parsed?.ok !== true) return [];
      const msps = members.map((member) => mspOf.get(member) ?? member);
      if (canEndorse(parsed.policy, left, msps)) return [];
      return [
        statement(
          "restarts",
          `Endorsement on ${name} may stop for moments: the peers of several organisations restart at the same time, and ${of} needs ${policy.words}.`,
          { care: true },
        ),
      ];
    });
  });
}
