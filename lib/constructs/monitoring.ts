import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { alerts, networkSource } from "../fabric/alerts";
import { gatewayServiceName, namespaceName, orderingServiceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { organisationLabels, roleSelector, type WorkloadRole } from "./labels";

/** The Secret from which Prometheus takes its client certificate (`tls.crt`, `tls.key`); made by whoever runs it. */
const monitorSecret = "monitor-tls";

/**
 * What the Prometheus operator needs to watch an organisation: whom to ask, and when to wake somebody. Peers and ordering
 * nodes show their metrics to a certificate of the organisation's TLS authority only (Fabric docs, "The Operations
 * Service"); agents hold nothing secret in theirs.
 */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, network: Network, organisation: Organisation) {
    super(scope, id);
    const metadata = (name: string) => ({
      namespace: namespaceName(network, organisation),
      name,
      labels: organisationLabels(network, organisation),
    });
    const monitor = (role: WorkloadRole, endpoint: Readonly<Record<string, unknown>>) =>
      new ApiObject(this, `${role}-monitor`, {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        metadata: metadata(role),
        spec: {
          selector: { matchLabels: roleSelector(role) },
          podMetricsEndpoints: [
            {
              ...endpoint,
              relabelings: [{ sourceLabels: [networkSource.source], targetLabel: networkSource.label }],
            },
          ],
        },
      });
    const overTls = (serverName: string) => ({
      port: "operations",
      scheme: "https",
      tlsConfig: {
        ca: { configMap: { name: "msp", key: "tlscacert.pem" } },
        cert: { secret: { name: monitorSecret, key: "tls.crt" } },
        keySecret: { name: monitorSecret, key: "tls.key" },
        serverName,
      },
    });
    // Its metrics name the pods that they are about; without this Prometheus would put the agent's own name there.
    monitor("agent", { port: "metrics", honorLabels: true });
    if (organisation.peers.length > 0) monitor("peer", overTls(gatewayServiceName(organisation)));
    if (organisation.orderers !== undefined) monitor("orderer", overTls(orderingServiceName(organisation)));
    new ApiObject(this, "rules", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: metadata("fabric"),
      spec: { groups: [{ name: "fabric", rules: prometheusRules() }] },
    });
  }
}

/** The alerts as Prometheus writes them. */
export function prometheusRules(): Record<string, unknown>[] {
  return alerts.map(({ name, expression, for: lasting, severity, summary, remedy }) => ({
    alert: name,
    expr: expression,
    for: lasting,
    labels: { severity },
    annotations: { summary, description: remedy },
  }));
}
