import { z } from "zod";
import { dnsLabel, dnsName, duration, pattern, text } from "./scalars";

/**
 * The part of the stack settings about what lies between several sites: who propagates objects to them, how traffic
 * crosses their borders, and who tells the world the names. One site alone needs none of it.
 */

/** How a cluster is reached: the host of a federation here, sites in `settings.ts`. */
export const cluster = {
  kubeconfig: text("the path of a kubeconfig file").optional().describe("Default: $KUBECONFIG or ~/.kube/config."),
  context: text("a context of the kubeconfig").optional().describe("Default: the kubeconfig's current context."),
};

export const federation = z
  .strictObject({
    engine: z
      .enum(["karmada", "kubefed", "direct"])
      .default("karmada")
      .describe(
        "Who brings objects to the sites: Karmada, KubeFed (archived since 2023; for those who still run it), or Pulumi itself.",
      ),
    host: z
      .strictObject({
        name: dnsLabel
          .default("federation-host")
          .describe("Its name; the first part of its resources' names in Pulumi."),
        ...cluster,
      })
      .optional()
      .describe("The control plane of Karmada or KubeFed. direct has none."),
    roundTrip: duration
      .default("30ms")
      .describe("Longest round trip between two sites; consensus and timeouts are set to fit it."),
  })
  .describe("How objects reach the sites.");

const ipAddress = /^([0-9]{1,3}\.){3}[0-9]{1,3}$|^[0-9a-f]*:[0-9a-f:]+$/;
const hostName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/** Where the world reaches a site's gateway. */
export const siteGateway = z
  .strictObject({
    addresses: z
      .array(
        z
          .string()
          .refine((value) => ipAddress.test(value) || hostName.test(value), "an IP address or a host name")
          .describe("An address of its load balancer."),
      )
      .default([])
      .describe(
        "Addresses of its load balancer, reserved beforehand, or a host name that leads to it. The other sites' gateways know it by them.",
      ),
    annotations: z
      .record(z.string(), z.string())
      .default({})
      .describe("Annotations of its Service, by which the cloud knows what kind of load balancer to make."),
  })
  .prefault({})
  .describe("The site's gateway, through which all other sites and all clients come.");

export const ingress = z
  .strictObject({
    gateway: z
      .enum(["envoy", "haproxy"])
      .default("envoy")
      .describe("What passes connections on by the name that they ask for, without opening them."),
    port: z.int().min(1).max(65535).default(443).describe("Port of every gateway, seen from outside."),
    maxConnectionAge: duration
      .default("15m")
      .describe("A connection to a pool is ended after this, so that streams that live for hours follow the weights."),
    health: z
      .strictObject({
        interval: duration.default("2s").describe("Time between two checks."),
        timeout: duration.default("1s").describe("A check that takes longer has failed."),
        failures: z.int().min(1).max(20).default(3).describe("Checks in a row that fail before traffic moves away."),
        successes: z.int().min(1).max(20).default(2).describe("Checks in a row that succeed before it comes back."),
      })
      .prefault({})
      .describe("When a site's peers count as lost."),
  })
  .prefault({})
  .describe("How traffic comes into the sites, and from one to another.");

export const traffic = z
  .record(
    pattern(/^gateway\.[a-z]([a-z0-9-]*[a-z0-9])?$/, "a pool as gateway.<organisation>, such as gateway.amber"),
    z.record(dnsLabel, z.int("whole numbers, such as 90").min(0).max(1000)),
  )
  .default({})
  .describe(
    "Weights of the sites in each pool, such as gateway.amber: {aws-prod: 90, gcp-staging: 10}. Default: equal.",
  );

export const dns = z
  .strictObject({
    provider: z
      .enum(["none", "route53", "cloudDns", "externalDns"])
      .default("none")
      .describe("Who tells the world the names. none: you do; docs/federated.md says which name leads where."),
    zone: text("the id of a hosted zone (Route 53) or the name of a managed zone (Cloud DNS)")
      .optional()
      .describe("Hosted zone of Route 53, or managed zone of Cloud DNS; external-dns finds its own."),
    project: text("a Google Cloud project")
      .optional()
      .describe("Project of the managed zone. Default: the provider's."),
    ttl: z.int().min(1).max(86400).default(30).describe("Seconds for which an answer may be kept."),
    namespace: dnsName.optional().describe("Where DNSEndpoint objects go. Default: the gateways' namespace."),
    version: z
      .enum(["0.21", "0.22"])
      .default("0.22")
      .describe(
        "externalDns: up to which version it is; from 0.22 on it reads annotations under another prefix than before.",
      ),
    healthChecks: z
      .record(dnsLabel, text("the id of a health check of Route 53"))
      .optional()
      .describe(
        "externalDns, where it writes to Route 53: a health check for each site. Only with one for every site of a pool its records have weights, for a site that is lost would keep its share.",
      ),
  })
  .prefault({})
  .describe("Names of gateways, peers and ordering nodes in public DNS.");
