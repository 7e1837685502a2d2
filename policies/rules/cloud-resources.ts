import type { Fields } from "../manifest";
import type { CloudResource } from "../rule";

/** An example of a cloud's resource. */
export function resource(type: string, name: string, inputs: Fields): CloudResource {
  return { type, name, inputs };
}

const world = new Set(["0.0.0.0/0", "::/0"]);

/** Those of addresses that are the whole world. */
export function wholeWorld(cidrs: readonly unknown[]): readonly string[] {
  return cidrs.filter((cidr): cidr is string => typeof cidr === "string" && world.has(cidr));
}
