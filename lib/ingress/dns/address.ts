import { isIP } from "node:net";

/** The type of the record that leads to an address. */
export type RecordType = "A" | "AAAA" | "CNAME";

/** IPv4, IPv6, or the name that a cloud gave its load balancer. */
export function recordTypeOf(address: string): RecordType {
  const family = isIP(address);
  return family === 4 ? "A" : family === 6 ? "AAAA" : "CNAME";
}

/** The addresses that a record of this type may hold. */
export function addressesOfType(addresses: readonly string[], type: RecordType): string[] {
  return addresses.filter((address) => recordTypeOf(address) === type);
}
