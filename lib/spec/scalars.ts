import { z } from "zod";

/** A text that must not be empty; `allowed` is what the error says may stand there. */
export const text = (allowed: string) => z.string(allowed).min(1, allowed);

/** One label of a DNS name (RFC 1123), which Kubernetes asks of namespaces and Services. */
export const dnsLabel = z
  .string("a name: lower-case letters, digits and -")
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "at most 63 of a-z 0-9 -, beginning with a letter and not ending with -",
  );

const pattern = (expression: RegExp, allowed: string) => z.string(allowed).regex(expression, allowed);

/** A Kubernetes quantity of bytes in binary units, in the canonical form that the API server keeps. */
export const memory = pattern(/^[1-9][0-9]*(Ki|Mi|Gi|Ti)$/, "a whole number with Ki, Mi, Gi or Ti, such as 512Mi");
export const storage = pattern(/^[1-9][0-9]*(Mi|Gi|Ti)$/, "a whole number with Mi, Gi or Ti, such as 20Gi");
export const cpu = pattern(/^([1-9][0-9]*m|[1-9][0-9]*)$/, "whole cores such as 2, or millicores such as 500m");

/** A duration as Fabric's configuration writes it (Go's `time.ParseDuration`), one unit. */
export const duration = pattern(/^[1-9][0-9]*(ms|s|m|h)$/, "a whole number with ms, s, m or h, such as 500ms");

const byteUnits = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** Bytes of a quantity that {@link memory} or {@link storage} accepted. */
export function bytesOf(quantity: string): number {
  const unit = quantity.slice(-2) as keyof typeof byteUnits;
  return Number(quantity.slice(0, -2)) * byteUnits[unit];
}
