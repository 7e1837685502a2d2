import "./light-sdk";
import { createRequire } from "node:module";
import type { Resource } from "@pulumi/pulumi";
import type * as rpcModule from "@pulumi/pulumi/runtime/rpc";
import type * as messages from "google-protobuf/google/protobuf/struct_pb";

/**
 * Roads that Pulumi's SDK goes for an engine in another process, and that a recording in this one can spare: two thirds
 * of its time and half of its memory, where thousands of resources are recorded. What is recorded is the same without.
 */

const load = createRequire(__filename);

type Rpc = typeof rpcModule;

// As modules see each other: what is exchanged in these is what the SDK calls.
const { Struct } = load("google-protobuf/google/protobuf/struct_pb") as typeof messages;
const rpc = load("@pulumi/pulumi/runtime/rpc") as Rpc;
const resources = load("@pulumi/pulumi/resource") as { readonly Resource: { callsites: () => readonly object[] } };

/**
 * Lets the SDK take the shortcuts.
 * @returns puts everything back as it was
 */
export function takeShortcuts(): () => void {
  const back = [
    // Values become messages, one for each leaf, and whoever gets the request makes values of them again.
    exchange(Struct, "fromJavaScript", () => (value) => Object.assign(new Struct(), { toJavaScript: () => value })),
    // Every leaf of every resource is awaited, as it might be an output.
    exchange(
      rpc,
      "serializeResourceProperties",
      (original) => async (label, inputs, options) => serialized(inputs) ?? original(label, inputs, options),
    ),
    // Every property becomes an output at once, of some twenty promises, and hardly any is ever looked at.
    exchange(rpc, "transferProperties", outputsOnDemand),
    // Where in the program a resource is made: a stack trace, printed and taken apart again.
    exchange(resources.Resource, "callsites", () => () => []),
  ];
  return () => back.forEach((undo) => undo());
}

/** Puts a function in the place of another. Where another release of the SDK has no such function, it goes its own way. */
function exchange<Part extends object, Key extends keyof Part>(
  part: Part,
  key: Key,
  instead: (original: Part[Key]) => Part[Key],
): () => void {
  const original = part[key];
  if (typeof original !== "function") return () => undefined;
  part[key] = instead(original);
  return () => void (part[key] = original);
}

/**
 * What the SDK makes of inputs that are JSON: the same, and what each depends on, which is nothing and so needs no telling.
 * Undefined for others.
 */
function serialized(
  inputs: Readonly<Record<string, unknown>>,
): Awaited<ReturnType<Rpc["serializeResourceProperties"]>> | undefined {
  const said = Object.entries(inputs).filter(([key, value]) => value !== undefined && key !== "id" && key !== "urn");
  if (!said.every(([, value]) => isJson(value))) return undefined;
  return [Object.fromEntries(said), new Map()];
}

/** Whether there is no output, promise, asset or resource in a value, nor anything else that JSON does not know. */
function isJson(value: unknown): boolean {
  if (typeof value !== "object") return ["string", "number", "boolean"].includes(typeof value);
  if (value === null) return true;
  if (Array.isArray(value)) return value.every(isJson);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson);
}

/** Lets the SDK make the output of a property when somebody looks at it. */
function outputsOnDemand(make: Rpc["transferProperties"]): Rpc["transferProperties"] {
  return (resource, label, inputs) => {
    const keys = Object.keys(inputs).filter((key) => key !== "id" && key !== "urn");
    // To be refused, in the words of the SDK.
    if (keys.some((key) => Object.hasOwn(resource, key))) return make(resource, label, inputs);
    return Object.fromEntries(keys.map((key) => [key, onDemand(make, resource, label, key, inputs[key])]));
  };
}

type Resolve = ReturnType<Rpc["transferProperties"]>[string];

/** A property that is made when somebody looks. Gives what is to be called when its value is known. */
function onDemand(
  make: Rpc["transferProperties"],
  resource: Resource,
  label: string,
  key: string,
  input: unknown,
): Resolve {
  let known: Parameters<Resolve> | undefined;
  let resolve: Resolve | undefined;
  const described = { configurable: true, enumerable: true };
  Object.defineProperty(resource, key, {
    ...described,
    get: () => {
      Reflect.deleteProperty(resource, key);
      resolve = make(resource, label, { [key]: input })[key];
      if (known !== undefined) resolve?.(...known);
      return Reflect.get(resource, key) as unknown;
    },
    set: (value: unknown) => Object.defineProperty(resource, key, { ...described, writable: true, value }),
  });
  return (...outcome) => {
    known = outcome;
    resolve?.(...outcome);
  };
}
