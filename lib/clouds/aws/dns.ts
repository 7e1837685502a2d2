import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Route53Check, Route53Record, Route53Zone } from "../../ingress/dns/route53";

/**
 * Route 53's part of a network, as resources of the provider `aws`.
 *
 * They are made by their type tokens with arguments of our own: the two that are needed are not worth having the whole of
 * `@pulumi/aws` in every checkout (docs/decisions/dns.md).
 */

/** The version of the provider `aws` that these arguments were written for. */
const version = "7.48.0";

/** `aws:route53/healthCheck:HealthCheck`, as far as it is used. */
interface HealthCheckArgs {
  readonly type: "HTTP";
  readonly ipAddress?: string;
  readonly fqdn: string;
  readonly port: number;
  readonly resourcePath: string;
  readonly requestInterval: 10;
  readonly failureThreshold: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** `aws:route53/record:Record`, as far as it is used. */
interface RecordArgs {
  readonly zoneId: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly records: readonly string[];
  readonly setIdentifier?: string;
  readonly weightedRoutingPolicies?: readonly { readonly weight: number }[];
  readonly healthCheckId?: Input<string>;
}

class HealthCheck extends CustomResource {
  constructor(name: string, args: HealthCheckArgs, options: CustomResourceOptions) {
    super("aws:route53/healthCheck:HealthCheck", name, { ...args }, { version, ...options });
  }
}

class RecordSet extends CustomResource {
  constructor(name: string, args: RecordArgs, options: CustomResourceOptions) {
    super("aws:route53/record:Record", name, { ...args }, { version, ...options });
  }
}

/** Makes the records of a network in a hosted zone, and the health checks by which they are chosen. */
export function route53Resources(
  network: string,
  zoneId: string,
  { checks, records }: Route53Zone,
  options: CustomResourceOptions = {},
): void {
  const ids = new Map<string, Output<string>>(
    checks.map((check) => [
      check.name,
      new HealthCheck(`${network}-${check.name}`, checkArgs(network, check), options).id,
    ]),
  );
  for (const record of records) {
    const name = [network, record.name, record.type.toLowerCase(), record.choice?.id].filter(Boolean).join("-");
    new RecordSet(name, recordArgs(zoneId, record, ids), options);
  }
}

function checkArgs(network: string, { name, address, host, port, path, failures }: Route53Check): HealthCheckArgs {
  return {
    type: "HTTP",
    ...(host === undefined ? { fqdn: address } : { ipAddress: address, fqdn: host }),
    port,
    resourcePath: path,
    requestInterval: 10,
    failureThreshold: failures,
    tags: { Name: name, network },
  };
}

function recordArgs(
  zoneId: string,
  { name, type, ttl, values, choice }: Route53Record,
  ids: ReadonlyMap<string, Output<string>>,
): RecordArgs {
  const simple = { zoneId, name, type, ttl, records: values };
  const healthCheckId = choice === undefined ? undefined : ids.get(choice.check);
  if (choice === undefined || healthCheckId === undefined) return simple;
  return {
    ...simple,
    setIdentifier: choice.id,
    weightedRoutingPolicies: [{ weight: choice.weight }],
    healthCheckId,
  };
}
