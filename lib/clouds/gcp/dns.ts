import { createHash } from "node:crypto";
import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { CloudDnsCheck, CloudDnsRecord, CloudDnsZone } from "../../ingress/dns/cloud-dns";

/** Cloud DNS's part of a network, as resources of the provider `gcp`, by their type tokens (docs/decisions/dns.md). */

/** The version of the provider `gcp` that these arguments were written for. */
const version = "9.37.0";

/** Regions from which gateways are asked; Cloud DNS wants three, and that they lie far apart. */
const regions = ["us-central1", "europe-west1", "asia-east1"] as const;

/** `gcp:compute/healthCheck:HealthCheck`, as far as it is used. */
interface HealthCheckArgs {
  readonly name: string;
  readonly project?: string;
  readonly checkIntervalSec: number;
  readonly timeoutSec: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly sourceRegions: readonly string[];
  readonly httpHealthCheck: { readonly host: string; readonly port: number; readonly requestPath: string };
}

interface Targets {
  readonly externalEndpoints: readonly string[];
}

/** `gcp:dns/recordSet:RecordSet`, as far as it is used. */
interface RecordSetArgs {
  readonly managedZone: string;
  readonly project?: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly rrdatas?: readonly string[];
  readonly routingPolicy?: {
    readonly healthCheck: Input<string>;
    readonly wrrs?: readonly { readonly weight: number; readonly healthCheckedTargets: Targets }[];
    readonly primaryBackup?: {
      readonly primary: Targets;
      readonly backupGeos: readonly { readonly location: string; readonly healthCheckedTargets: Targets }[];
    };
  };
}

class HealthCheck extends CustomResource {
  constructor(name: string, args: HealthCheckArgs, options: CustomResourceOptions) {
    super("gcp:compute/healthCheck:HealthCheck", name, { ...args }, { version, ...options });
  }
}

class RecordSet extends CustomResource {
  constructor(name: string, args: RecordSetArgs, options: CustomResourceOptions) {
    super("gcp:dns/recordSet:RecordSet", name, { ...args }, { version, ...options });
  }
}

/** Where records go. */
export interface ManagedZone {
  readonly zone: string;
  readonly project?: string | undefined;
}

/** Makes the records of a network in a managed zone, and the health checks by which they are chosen. */
export function cloudDnsResources(
  network: string,
  { zone, project }: ManagedZone,
  { checks, records }: CloudDnsZone,
  options: CustomResourceOptions = {},
): void {
  const own = project === undefined ? {} : { project };
  const ids = new Map<string, Output<string>>(
    checks.map((check) => [
      check.name,
      new HealthCheck(`${network}-${check.name}`, { ...own, ...checkArgs(network, check) }, options).id,
    ]),
  );
  for (const record of records) {
    const { name, type, ttl } = record;
    const simple = { managedZone: zone, ...own, name: `${name}.`, type, ttl };
    new RecordSet(`${network}-${name}-${type.toLowerCase()}`, { ...simple, ...answersOf(record, ids) }, options);
  }
}

/** Compute Engine's names are labels of 63 characters; what is too long ends in its own digest. */
function computeName(name: string): string {
  const label = name.replaceAll(/[^a-z0-9-]/g, "-");
  if (label.length <= 63) return label;
  return `${label.slice(0, 54)}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

function checkArgs(network: string, check: CloudDnsCheck): HealthCheckArgs {
  return {
    name: computeName(`${network}-${check.name}`),
    checkIntervalSec: check.interval,
    timeoutSec: check.timeout,
    healthyThreshold: check.successes,
    unhealthyThreshold: check.failures,
    sourceRegions: regions,
    httpHealthCheck: { host: check.host, port: check.port, requestPath: check.path },
  };
}

function answersOf(
  { type, answers }: CloudDnsRecord,
  ids: ReadonlyMap<string, Output<string>>,
): Pick<RecordSetArgs, "rrdatas" | "routingPolicy"> {
  if ("values" in answers)
    return { rrdatas: type === "CNAME" ? answers.values.map((name) => `${name}.`) : answers.values };
  const healthCheck = ids.get(answers.check) ?? "";
  if ("weighted" in answers) {
    const wrrs = answers.weighted.map(({ weight, endpoints }) => ({
      weight,
      healthCheckedTargets: { externalEndpoints: endpoints },
    }));
    return { routingPolicy: { healthCheck, wrrs } };
  }
  const { primary, backup } = answers;
  return {
    routingPolicy: {
      healthCheck,
      primaryBackup: {
        primary: { externalEndpoints: primary },
        // A backup is chosen by region; one region is nearest to everybody.
        backupGeos: [{ location: regions[0], healthCheckedTargets: { externalEndpoints: backup } }],
      },
    },
  };
}
