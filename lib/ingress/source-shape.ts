import { z } from "zod";
import { InvalidInput, type Finding } from "../spec/problem";
import { readAgainst } from "../spec/reading";
import { dnsLabel, dnsName, pattern } from "../spec/scalars";
import { problemsIn } from "../spec/source/document";
import { readYamlFile } from "../spec/source/yaml-document";
import { checkIngress, type IngressRenderer } from "./check";
import type { IngressHost, MultiClusterIngress } from "./model";

/**
 * `networking.k8s.io/v1 MultiClusterIngress`, the shape in which people have written this for years though no API server
 * ever knew it: one Service, and the clusters that have it with their weights. It says nothing of names and of TLS, so these
 * two may be added.
 */
const shape = z.strictObject({
  apiVersion: z.literal("networking.k8s.io/v1", "networking.k8s.io/v1"),
  kind: z.literal("MultiClusterIngress", "MultiClusterIngress"),
  metadata: z.strictObject({
    name: dnsName,
    namespace: dnsLabel.default("default"),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.strictObject({
    host: dnsName.optional().describe("The name that clients dial."),
    tls: z.enum(["passthrough", "terminate"]).default("passthrough").describe("Whether TLS ends in the backend."),
    backend: z.strictObject({
      serviceName: dnsLabel,
      servicePort: z.int().min(1).max(65535),
    }),
    clusters: z
      .array(
        z.strictObject({
          name: pattern(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a cluster's name, such as aws-prod"),
          weight: z.int().min(0).max(1000).default(1),
        }),
      )
      .min(1),
  }),
});

/** What is added to what the file says. */
export interface SourceShapeOptions {
  /** The name that clients dial, where the file has none. */
  readonly host?: string | undefined;
  /** What is going to carry the traffic; what that cannot do is a problem of the file. */
  readonly renderer: IngressRenderer;
}

/** As often as our own gateways ask where nobody says more. */
const health = { interval: 2, timeout: 1, failures: 3, successes: 2 };

/**
 * Reads a file of that shape into the model.
 * @throws InvalidInput with every problem, its line and what to do about it
 */
export function readSourceShape(file: string, options: SourceShapeOptions): MultiClusterIngress {
  const { document, problems } = readYamlFile(file, "settings");
  if (document === undefined) throw new InvalidInput(problems);
  const { value, findings } = readAgainst(document, "settings", shape, (parsed) => parsed, { shape: [], detail: [] });
  const all = [...problems, ...problemsIn(document, findings)];
  if (value === undefined || all.length > 0) throw new InvalidInput(all);
  const name = value.spec.host ?? options.host;
  if (name === undefined) throw new InvalidInput(problemsIn(document, [noHost]));
  const ingress = ingressOf(value, name);
  const wrong = problemsIn(document, checkIngress(ingress, options.renderer));
  if (wrong.length > 0) throw new InvalidInput(wrong);
  return ingress;
}

const noHost: Finding = {
  document: "settings",
  path: ["spec"],
  found: "no host",
  allowed: "the name that clients dial, as spec.host or --host",
  fix: "add `host: gateway.example.com` below spec",
};

function ingressOf({ metadata, spec }: z.output<typeof shape>, name: string): MultiClusterIngress {
  const { backend, clusters, tls } = spec;
  const host: IngressHost = {
    name,
    kind: clusters.length === 1 ? "pinned" : "pool",
    tls,
    origin: { document: "settings", path: ["spec", "clusters"] },
    backends: clusters.map((cluster) => ({
      site: cluster.name,
      namespace: metadata.namespace,
      service: backend.serviceName,
      port: backend.servicePort,
      endpoints: [{ address: `${backend.serviceName}.${metadata.namespace}.svc.cluster.local` }],
      weight: cluster.weight,
      priority: 0,
    })),
  };
  const sites = [...new Set(clusters.map((cluster) => cluster.name))];
  return {
    hosts: [host],
    health,
    maxConnectionAge: 900,
    port: 443,
    gateways: sites.map((site) => ({ site, addresses: [] })),
  };
}
