/** A rule by which Prometheus wakes somebody: what is wrong, how one sees it, and what to do first. */
export interface Alert {
  readonly name: string;
  /** PromQL over metrics of Fabric's operations service and of the agents. */
  readonly expression: string;
  /** How long it must hold before anybody is told, as Prometheus writes it. */
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  /** What to look at first. */
  readonly remedy: string;
}

/** What Prometheus knows of a pod under which name, and as which label the alerts want it: the network that it belongs to. */
export const networkSource = {
  label: "network",
  source: "__meta_kubernetes_pod_label_fabric_topologies_dev_network",
} as const;

/** Days before a certificate's end at which somebody is told (R4). */
const warningDays = 30;

/** The same for an authority's: people have to replace it, and everybody has to agree. */
export const daysBeforeAuthorityEnds = 180;

/**
 * What a Fabric network should be watched for (Fabric docs, "Metrics Reference"), and what only the agents see: heights
 * side by side, the days left of certificates, what the network file asks for and is not so. The label `network` comes with
 * the scrape ({@link networkSource}): channels of two networks may have one name.
 */
export const alerts: readonly Alert[] = [
  {
    name: "FabricCertificateEnds",
    expression: `fabric_topologies_certificate_seconds_left < ${warningDays} * 86400`,
    for: "1h",
    severity: "warning",
    summary: "A certificate of {{ $labels.pod }} ends in less than 30 days.",
    remedy:
      "Renewal should have come before this: see the condition of its agent (`npx fabric-topologies status`) and whether the organisation's certificate authority answers.",
  },
  {
    name: "FabricCertificateEndsSoon",
    expression: "fabric_topologies_certificate_seconds_left < 3 * 86400",
    for: "10m",
    severity: "critical",
    summary: "A certificate of {{ $labels.pod }} ends in less than three days.",
    remedy: "Delete the pod when the others are well: at its start it enrols anew.",
  },
  {
    name: "FabricAuthorityEnds",
    expression: `fabric_topologies_certificate_seconds_left{kind="authority"} < ${daysBeforeAuthorityEnds} * 86400`,
    for: "1h",
    severity: "warning",
    summary: `The authority {{ $labels.pod }} ends in less than ${daysBeforeAuthorityEnds} days, and every certificate of it.`,
    remedy: "Nothing renews an authority: replace it while it lasts (docs/certificates.md, Renewal).",
  },
  {
    name: "FabricConditionNotMet",
    expression: "fabric_topologies_condition == 0",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.type }} of {{ $labels.object }} is not so.",
    remedy: "`npx fabric-topologies status` gives the reason and what to do.",
  },
  {
    name: "FabricPeerBehind",
    expression:
      "max by (network, channel) (fabric_topologies_height) - on (network, channel) group_right fabric_topologies_height > 10",
    for: "2m",
    severity: "warning",
    summary: "{{ $labels.pod }} is more than ten blocks behind on {{ $labels.channel }}.",
    remedy: "See whether it reaches the ordering service, and its volume has room.",
  },
  {
    name: "FabricNoLeader",
    expression: "sum by (network, channel) (consensus_etcdraft_is_leader) < 1",
    for: "30s",
    severity: "critical",
    summary: "Channel {{ $labels.channel }} of {{ $labels.network }} has no Raft leader: nothing is ordered.",
    remedy: "A majority of its consenters must run and reach each other: `npx fabric-topologies status`.",
  },
  {
    name: "FabricLeaderChanges",
    expression: "increase(consensus_etcdraft_leader_changes[15m]) > 3",
    for: "1m",
    severity: "warning",
    summary: "The leader of {{ $labels.channel }} changed more than three times in a quarter of an hour.",
    remedy: "Look at the network between the zones, and at the disks: slow writes make followers lose patience.",
  },
  {
    name: "FabricConsenterMissing",
    expression: "consensus_etcdraft_active_nodes < consensus_etcdraft_cluster_size",
    for: "2m",
    severity: "warning",
    summary: "A consenter of {{ $labels.channel }} is missing; one more may be one too many.",
    remedy: "Bring it back before any maintenance: `npx fabric-topologies where`.",
  },
  {
    name: "FabricSlowLogWrites",
    expression:
      "histogram_quantile(0.99, sum by (le, pod) (rate(consensus_etcdraft_data_persist_duration_bucket[5m]))) > 0.1",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.pod }} takes over 100 ms to write its log.",
    remedy: "Give ordering nodes a faster disk; a leader that writes slowly loses elections.",
  },
  {
    name: "FabricProposalsFail",
    expression: "increase(consensus_etcdraft_proposal_failures[5m]) > 0",
    for: "5m",
    severity: "warning",
    summary: "{{ $labels.pod }} could not propose transactions of {{ $labels.channel }}.",
    remedy: "There was no leader at times: see FabricLeaderChanges.",
  },
  {
    name: "FabricParticipationFailed",
    expression: "participation_status == 3",
    for: "1m",
    severity: "critical",
    summary: "{{ $labels.pod }} failed to take part in {{ $labels.channel }}.",
    remedy: "Read its log; its agent joins it again once the cause is gone.",
  },
  {
    name: "FabricNotConsenter",
    expression: "participation_consensus_relation != 1",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.pod }} follows {{ $labels.channel }} and does not vote.",
    remedy: "Its certificate may not be the one in the channel's configuration: see the condition ChannelConfigured.",
  },
  {
    name: "FabricSlowCommits",
    expression:
      "histogram_quantile(0.99, sum by (le, pod, channel) (rate(ledger_block_processing_time_bucket[5m]))) > 2",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.pod }} takes over two seconds to commit a block of {{ $labels.channel }}.",
    remedy: "Look at its disk and at CouchDB where it has one.",
  },
  {
    name: "FabricGossipAlone",
    expression: "gossip_membership_total_peers_known == 0",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.pod }} knows no other peer of {{ $labels.channel }}: private data cannot reach it.",
    remedy: "See whether peers reach each other on port 7051, and whether anchor peers are those of the network file.",
  },
];
