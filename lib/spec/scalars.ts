import { z } from "zod";

/** A text that must not be empty; `allowed` is what the error says may stand there. */
export const text = (allowed: string) => z.string(allowed).min(1, allowed);

/** One label of a DNS name (RFC 1123), which Kubernetes asks of namespaces and Services. */
export const dnsLabel = z
  .string("a name: lower-case letters, digits and -")
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "a name of at most 63 of a-z 0-9 -, beginning with a letter and not ending with -",
  );

/** A text of a certain form; `allowed` is what the error says may stand there. */
export const pattern = (expression: RegExp, allowed: string) => z.string(allowed).regex(expression, allowed);

/** Several labels, as a StorageClass or a cluster's DNS domain may have. */
export const dnsName = pattern(
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
  "a DNS name: labels of a-z 0-9 - with dots between them, such as cluster.local",
);

/** A registry with a path, or an image without its tag. */
export const imagePath = (allowed: string) =>
  pattern(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]+)?(\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*$/, allowed);

/** A whole image reference: registry, path, tag, digest. */
export const imageReference = pattern(
  /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]+)?(\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
  "an image such as registry.example.com/asset-transfer:1.0, without https://",
);

/**
 * Kubernetes quantities of bytes in binary units. They are kept in the form that the API server makes of them (1024Mi is
 * 1Gi), so that a second look at the cluster shows no difference.
 */
export const memory = pattern(
  /^[1-9][0-9]{0,14}(Ki|Mi|Gi|Ti)$/,
  "a whole number with Ki, Mi, Gi or Ti, such as 512Mi",
).overwrite(canonicalBytes);
export const storage = pattern(
  /^[1-9][0-9]{0,14}(Mi|Gi|Ti)$/,
  "a whole number with Mi, Gi or Ti, such as 20Gi",
).overwrite(canonicalBytes);
export const cpu = pattern(/^[1-9][0-9]{0,8}m?$/, "whole cores such as 2, or millicores such as 500m").overwrite(
  canonicalCpu,
);

/** A CPU quantity in the form that the API server makes of it: 2000m is 2. */
export function canonicalCpu(quantity: string): string {
  return quantity.replace(/000m$/, "");
}

/** A range of addresses, as NetworkPolicies name it. */
export const addresses = pattern(/^[0-9a-f.:]+\/[0-9]{1,3}$/, "addresses such as 10.0.0.0/16");

/** A duration as Fabric's configuration writes it (Go's `time.ParseDuration`), one unit. */
export const duration = pattern(/^[1-9][0-9]{0,8}(ms|s|m|h)$/, "a whole number with ms, s, m or h, such as 500ms");

const secondsOfUnit = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

/** Seconds of a duration that {@link duration} accepted. */
export function secondsOf(text: string): number {
  const unit = /[a-z]+$/.exec(text)?.[0] as keyof typeof secondsOfUnit;
  return Number(text.slice(0, -unit.length)) * secondsOfUnit[unit];
}

const byteUnits = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** Bytes of a quantity that {@link memory} or {@link storage} accepted. */
export function bytesOf(quantity: string): number {
  const unit = quantity.slice(-2) as keyof typeof byteUnits;
  return Number(quantity.slice(0, -2)) * byteUnits[unit];
}

function canonicalBytes(quantity: string): string {
  const unit = quantity.slice(-2);
  const larger = { Ki: "Mi", Mi: "Gi", Gi: "Ti" }[unit];
  const count = Number(quantity.slice(0, -2));
  return larger !== undefined && count % 1024 === 0 ? canonicalBytes(`${count / 1024}${larger}`) : quantity;
}
