import { ports } from "../fabric/ports";

/**
 * Annotations by which a cloud makes a load balancer that passes connections on as they are (layer 4), and asks the gateway
 * itself whether it is ready. Of other clouds nothing is known: their Services get what the settings say.
 *
 * - aws: a Network Load Balancer straight to the pods (AWS Load Balancer Controller, "NLB annotations").
 * - gcp: an external passthrough Network Load Balancer with a backend service (GKE, "LoadBalancer Service parameters").
 */
export function loadBalancerAnnotations(provider: string | undefined): Record<string, string> {
  if (provider === "gcp") return { "cloud.google.com/l4-rbs": "enabled" };
  if (provider !== "aws") return {};
  return Object.fromEntries(
    Object.entries({
      type: "external",
      "nlb-target-type": "ip",
      scheme: "internet-facing",
      "healthcheck-protocol": "HTTP",
      "healthcheck-port": String(ports.gateway.health),
      "healthcheck-path": "/ready",
      attributes: "load_balancing.cross_zone.enabled=true",
      "target-group-attributes": "preserve_client_ip.enabled=true",
    }).map(([key, value]) => [`service.beta.kubernetes.io/aws-load-balancer-${key}`, value]),
  );
}
