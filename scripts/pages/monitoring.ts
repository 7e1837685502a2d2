import { stringify } from "yaml";
import { labelKeys } from "../../lib/constructs/labels";
import { prometheusRules } from "../../lib/constructs/monitoring";
import { markdownTable } from "../../lib/explain/markdown";
import { alerts, networkSource } from "../../lib/fabric/alerts";
import { ports } from "../../lib/fabric/ports";
import { gatewayServiceName, namespaceName, orderingServiceName } from "../../lib/spec/names";
import type { Network, Organisation } from "../../lib/spec/network";
import { example } from "./examples";

const made = "made by npm run docs";

/** docs/generated/alerts.md: what somebody is woken for, how it is seen, and what to do first. */
export function alertsPage(): string {
  const rows = alerts.map(({ name, severity, for: lasting, summary, expression, remedy }) => [
    `\`${name}\``,
    severity,
    lasting,
    summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "*$1*"),
    `\`${expression}\``,
    remedy,
  ]);
  return `# Alerts

Each holds for the time in the third column before anybody is told. [The rules](prometheus-rules.yaml) are these, as Prometheus
reads them; [monitoring](../monitoring.md) says where the metrics come from.

${markdownTable(["Alert", "Severity", "For", "What is wrong", "Expression", "What to do first"], rows)}
`;
}

/** docs/generated/prometheus-rules.yaml: the alerts for a Prometheus without its operator. */
export function rulesFile(): string {
  return yaml(`The alerts of docs/generated/alerts.md, as a file for \`rule_files\`; ${made}.`, {
    groups: [{ name: "fabric", rules: prometheusRules() }],
  });
}

/** docs/generated/prometheus-scrape.yaml: whom a Prometheus without its operator asks, for the trade-finance example. */
export function scrapeFile(): string {
  const { network } = example("trade-finance");
  return yaml(
    `Whom Prometheus asks in examples/trade-finance; ${made}. For another network change organisations and namespaces.`,
    {
      scrape_configs: [
        agents(network),
        ...network.organisations.flatMap((organisation) => [
          ...(organisation.peers.length === 0
            ? []
            : [nodes(network, organisation, "peer", ports.peer.operations, gatewayServiceName(organisation))]),
          ...(organisation.orderers === undefined
            ? []
            : [nodes(network, organisation, "orderer", ports.orderer.operations, orderingServiceName(organisation))]),
        ]),
      ],
    },
  );
}

function agents(network: Network): object {
  return {
    job_name: `${network.name}-agents`,
    // An agent tells of other pods: what its metrics call `pod` is that one.
    honor_labels: true,
    ...podsOf(
      network.organisations.map((organisation) => namespaceName(network, organisation)),
      "agent",
      ports.agent.metrics,
    ),
  };
}

/** Peers and ordering nodes show metrics to a certificate of their organisation's TLS authority only: a job for each. */
function nodes(
  network: Network,
  organisation: Organisation,
  role: "peer" | "orderer",
  port: number,
  serverName: string,
): object {
  const folder = `/etc/prometheus/fabric/${organisation.name}`;
  return {
    job_name: `${namespaceName(network, organisation)}-${role}`,
    scheme: "https",
    tls_config: {
      ca_file: `${folder}/tlscacert.pem`,
      cert_file: `${folder}/tls.crt`,
      key_file: `${folder}/tls.key`,
      server_name: serverName,
    },
    ...podsOf([namespaceName(network, organisation)], role, port),
  };
}

function podsOf(namespaces: readonly string[], role: string, port: number): object {
  const label = (name: string) => `__meta_kubernetes_pod_label_${name.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`;
  return {
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: namespaces } }],
    relabel_configs: [
      {
        source_labels: [label(labelKeys.role), "__meta_kubernetes_pod_container_port_number"],
        regex: `${role};${port}`,
        action: "keep",
      },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      { source_labels: [networkSource.source], target_label: networkSource.label },
    ],
  };
}

const yaml = (comment: string, content: object) =>
  `# ${comment}\n${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`;
