import {
  authorityWorkloadName,
  gatewayServiceName,
  headlessServiceName,
  namespaceName,
  ordererWorkloadName,
  orderingServiceName,
  peerWorkloadName,
  podName,
} from "../names";
import type { Network, Organisation } from "../network";
import type { Path } from "../problem";
import type { Settings } from "../settings";
import type { CheckFinding } from "./check";

/** One label of a DNS name (RFC 1123): namespaces, Services, host names of pods. */
const longestLabel = 63;
/** A whole DNS name (RFC 1035). */
const longestName = 253;
/**
 * Kubernetes puts `<StatefulSet>-<hash of 10>` into the label controller-revision-hash, and a label's value has 63
 * characters: a longer StatefulSet is accepted, and never gets a pod.
 */
const longestStatefulSet = 52;

/** The pods of one StatefulSet and the path of the name that they come from. */
interface Workload {
  readonly what: string;
  readonly name: string;
  readonly pods: number;
  readonly path: Path;
}

/** The StatefulSets of an organisation. */
export function workloadsOf(organisation: Organisation, index: number): Workload[] {
  const base: Path = ["organisations", index];
  const { orderers } = organisation;
  return [
    ...organisation.peers.map((group, rank) => ({
      what: `peer group ${group.name}`,
      name: peerWorkloadName(group, organisation),
      pods: group.replicas,
      path: [...base, "peers", rank, "name"],
    })),
    ...(orderers === undefined
      ? []
      : [
          {
            what: "the ordering nodes",
            name: ordererWorkloadName(orderers),
            pods: orderers.nodes,
            path: [...base, "orderers", "name"],
          },
        ]),
    {
      what: "the certificate authority",
      name: authorityWorkloadName(organisation),
      pods: organisation.ca.replicas,
      path: [...base, "name"],
    },
  ];
}

/** Names that are well formed each, and too long or reserved once they are put together. */
export function checkNames(network: Network): CheckFinding[] {
  const reserved: CheckFinding[] =
    network.name === "kube"
      ? [
          {
            document: "network",
            path: ["name"],
            found: "kube, which makes namespaces such as kube-system",
            allowed: "any other name: the prefix kube- belongs to Kubernetes",
            fix: "Give the network another name.",
          },
        ]
      : [];
  return [
    ...reserved,
    ...network.organisations.flatMap((organisation, index) => namesOf(network, organisation, index)),
  ];
}

function namesOf(network: Network, organisation: Organisation, index: number): CheckFinding[] {
  const path: Path = ["organisations", index, "name"];
  const parts: Path[] = [["name"], path];
  const named = `the organisation's name (${organisation.name.length} characters)`;
  const workloads = workloadsOf(organisation, index);
  const hosts = workloads.map(({ name, pods, path: at }) => ({
    name: `${podName(name, pods - 1)}.${organisation.domain}`,
    path: at,
  }));
  return [
    ...tooLong("the namespace", namespaceName(network, organisation), longestLabel, path, parts, [
      `the network's name (${network.name.length} characters) or ${named}`,
      "a namespace is one DNS label",
    ]),
    ...(organisation.peers.length === 0
      ? []
      : tooLong("the Service", gatewayServiceName(organisation), longestLabel, path, parts, [
          named,
          "a Service is one DNS label",
        ])),
    ...(organisation.orderers === undefined
      ? []
      : tooLong("the Service", orderingServiceName(organisation), longestLabel, path, parts, [
          named,
          "a Service is one DNS label",
        ])),
    ...workloads.flatMap(({ what, name, path: at }) =>
      tooLong(
        `the StatefulSet of ${what},`,
        name,
        longestStatefulSet,
        at,
        [...parts, at],
        [
          at.at(-2) === "orderers"
            ? "the name of the ordering nodes"
            : at === path
              ? named
              : `the group's name or ${named}`,
          "Kubernetes adds 11 for a revision label",
        ],
      ),
    ),
    ...hosts
      .filter(({ name }) => name.length > longestName)
      .slice(0, 1)
      .flatMap(({ name }) =>
        tooLong(
          "the host name",
          name,
          longestName,
          ["organisations", index, "domain"],
          [...parts],
          ["the domain", "a DNS name has no more"],
        ),
      ),
  ];
}

/** `shorten` says which parts could be shorter, and why the limit is what it is. */
function tooLong(
  what: string,
  name: string,
  limit: number,
  path: Path,
  assumes: readonly Path[],
  [parts, because]: readonly [string, string],
): CheckFinding[] {
  if (name.length <= limit) return [];
  return [
    {
      document: "network",
      path,
      found: `${what} ${name}, ${name.length} characters`,
      allowed: `at most ${limit} characters: ${because}`,
      fix: `Shorten ${parts} by ${name.length - limit}.`,
      assumes,
    },
  ];
}

/** Whole names inside a cluster, which also depend on its DNS domain. */
export function checkClusterNames(network: Network, settings: Settings): CheckFinding[] {
  return settings.sites.flatMap(({ clusterDomain }, site) => {
    const longest = network.organisations
      .flatMap((organisation, index) =>
        workloadsOf(organisation, index).map(({ name, pods }) =>
          [
            podName(name, pods - 1),
            headlessServiceName.orderer,
            namespaceName(network, organisation),
            "svc",
            clusterDomain,
          ].join("."),
        ),
      )
      .sort((a, b) => b.length - a.length)[0];
    if (longest === undefined || longest.length <= longestName) return [];
    return [
      {
        document: "settings",
        path: ["sites", site, "clusterDomain"],
        found: `the host name ${longest}, ${longest.length} characters`,
        allowed: `at most ${longestName} characters: a DNS name has no more`,
        fix: `Shorten the cluster's domain, the network's name or the organisation's by ${longest.length - longestName}.`,
      },
    ];
  });
}
