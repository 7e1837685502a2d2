import { createHash } from "node:crypto";
import type { Json } from "../../constructs/manifests";

/** A message of Envoy's API as JSON (proto3 JSON mapping). */
export type Message = Readonly<Record<string, Json>>;

/** A message in a field that may hold any type. */
export const typed = (type: string, message: Message = {}): Message => ({
  "@type": `type.googleapis.com/envoy.${type}`,
  ...message,
});

/** An extension, by the name and the type of its configuration. */
export const extension = (name: string, type: string, message: Message = {}): Message => ({
  name: `envoy.${name}`,
  typed_config: typed(type, message),
});

/** A duration (`google.protobuf.Duration`), in whole milliseconds: more digits than nine are refused. */
export const duration = (seconds: number): string => `${Math.round(seconds * 1000) / 1000}s`;

export const socketAddress = (address: string, port: number): Message => ({
  socket_address: { address, port_value: port },
});

/** A file of resources that Envoy watches (`DiscoveryResponse`). Its version is made of its content. */
export function discovery(resources: readonly Message[]): string {
  const version = createHash("sha256").update(JSON.stringify(resources)).digest("hex").slice(0, 16);
  return `${JSON.stringify({ version_info: version, resources }, undefined, 1)}\n`;
}
