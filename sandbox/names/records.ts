/** What the world's DNS is told: as external-dns reads it from a cluster's objects. */
import { isIP } from "node:net";
import type { KubernetesObject, V1Service } from "@kubernetes/client-node";
import { z } from "zod";

/** A name and the addresses that it leads to, or one other name. */
export interface NameRecord {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** The part of a DNSEndpoint (externaldns.k8s.io/v1alpha1) that is read here. */
const endpoints = z.object({
  spec: z.object({
    endpoints: z
      .array(
        z.object({
          dnsName: z.string(),
          recordType: z.string().optional(),
          targets: z.array(z.string()).default([]),
          providerSpecific: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
        }),
      )
      .default([]),
  }),
});

/** An endpoint of weight 0 is told to nobody. */
const weightOf = (specific: readonly { name: string; value: string }[]): string | undefined =>
  specific.find(({ name }) => name === "aws/weight")?.value;

const types = ["A", "AAAA", "CNAME"];

/** The records of DNSEndpoint objects. What is not of their form is passed over. */
export function recordsOfEndpoints(objects: readonly KubernetesObject[]): NameRecord[] {
  return objects
    .flatMap((object) => endpoints.safeParse(object).data?.spec.endpoints ?? [])
    .filter(({ recordType = "A" }) => types.includes(recordType))
    .filter(({ providerSpecific }) => weightOf(providerSpecific) !== "0")
    .map(({ dnsName, targets }) => ({ name: dnsName, addresses: targets }));
}

/** Prefixes of external-dns's annotations: until its version 0.21, and since. */
const prefixes = ["external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/"];

/** The records of Services whose annotations say names for their balancer's addresses. */
export function recordsOfServices(services: readonly V1Service[]): NameRecord[] {
  return services.flatMap(({ metadata, status }) => {
    const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
    const names = prefixes.flatMap((prefix) => metadata?.annotations?.[`${prefix}hostname`]?.split(",") ?? []);
    return names.map((name) => ({ name: name.trim(), addresses }));
  });
}

/** Seconds for which an answer may be kept: tests wait for names to change. */
const ttl = 2;

/**
 * The records as a zone file of the root zone. A name that several records lead on leads to all their addresses; one that
 * leads to another name leads there alone, as DNS wants it.
 * @param serial greater than that of the file before
 */
export function zoneFile(records: readonly NameRecord[], serial: number): string {
  const byName = new Map<string, Set<string>>();
  for (const { name, addresses } of records) {
    const absolute = `${name.replace(/\.$/, "").toLowerCase()}.`;
    byName.set(absolute, new Set([...(byName.get(absolute) ?? []), ...addresses]));
  }
  const lines = [...byName].flatMap(([name, targets]) => {
    const addresses = [...targets].filter((target) => isIP(target) !== 0).sort();
    const [other] = targets;
    if (addresses.length === 0 && other !== undefined) return [`${name} ${ttl} IN CNAME ${other.replace(/\.$/, "")}.`];
    return addresses.map((address) => `${name} ${ttl} IN ${isIP(address) === 4 ? "A" : "AAAA"} ${address}`);
  });
  // The last number is for how long an answer may be kept that there is no such name. (RFC 2308)
  const head = [`. ${ttl} IN SOA sandbox. sandbox. ${serial} 3600 600 86400 1`, `. ${ttl} IN NS sandbox.`];
  return `${[...head, ...lines.sort()].join("\n")}\n`;
}
